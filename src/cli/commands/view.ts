import type { Command } from 'commander';
import { exportPage, serveResult } from '../../serve/index.ts';
import { action, type Context, type Outcome } from '../action.ts';
import { openBrowser } from '../openBrowser.ts';
import { addCommonOptions, type CommonOptions, integer } from '../options.ts';

interface ViewFlags extends CommonOptions {
  port: number;
  open: boolean;
  export?: string;
}

/** `view`: the page in the browser, until Ctrl-C. */
export function defineView(program: Command): void {
  const command = program
    .command('view <result>')
    .description('look at a result in the browser')
    .option('--port <n>', 'port on 127.0.0.1 (0 = any free one)', integer(0, 65535), 8765)
    .option('--no-open', 'do not open a browser')
    .option('--export <folder>', 'write the page and its data as files for any web server, for looking only');
  addCommonOptions(command).action(
    action(async (context, options: ViewFlags, folder: string): Promise<Outcome> => {
      if (options.export !== undefined) return writePage(context, folder, options.export);
      await viewUntilStopped(context, folder, options.port, options.open);
      return { json: { result: folder }, text: 'closed' };
    }),
  );
}

/** Serves a result and waits for Ctrl-C or a TERM signal, which end it well. */
export async function viewUntilStopped(
  context: Context,
  folder: string,
  port: number,
  open: boolean,
): Promise<void> {
  const { reporter, signal } = context;
  const server = await serveResult(folder, { port });
  reporter.note(`viewer      ${server.url}  (Ctrl-C ends it)`);
  context.onStop = null;
  if (open) openBrowser(server.urlForOnce());
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
  await server.close();
}

/** Writes the page as files. */
async function writePage({ reporter, signal }: Context, folder: string, out: string): Promise<Outcome> {
  const { files, bytes } = await exportPage(folder, out, {
    signal,
    onProgress: (done, total) => reporter.progress({ stage: 'writing', done, total, unit: 'frames' }),
  });
  return {
    json: { result: folder, page: out, files, bytes },
    text: `page        ${out}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB; open it through a web server`,
  };
}
