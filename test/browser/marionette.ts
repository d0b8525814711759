import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Firefox that is driven over its own remote protocol, Marionette: JSON in TCP, `length:json`. */
export interface Firefox {
  command(name: string, parameters?: object): Promise<unknown>;
  /** Runs a function body in the page; what it returns, or what its promise gives. */
  run<T>(body: string): Promise<T>;
  press(...keys: string[]): Promise<void>;
  end(): Promise<void>;
}

/** The Firefox to drive, or null when this machine has none. */
export function findFirefox(): string | null {
  const path = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
  return existsSync(path) ? path : null;
}

/** Starts Firefox without a window, with a profile of its own, at a free port. */
export async function launchFirefox(path: string): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'morula-firefox-'));
  const port = 20_000 + (process.pid % 20_000);
  writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${port});\n`);
  const child = spawn(path, ['--headless', '--marionette', '--no-remote', '--profile', profile], {
    stdio: 'ignore',
  });
  const socket = await reach(port, child);
  const { command, close } = speak(socket);
  await command('WebDriver:NewSession', {});
  return {
    command,
    async run<T>(body: string) {
      const script = `const done = arguments[0]; Promise.resolve((() => { ${body} })()).then(done, (e) => done({ failed: String(e) }));`;
      const { value } = (await command('WebDriver:ExecuteAsyncScript', { script, args: [] })) as { value: T };
      return value;
    },
    async press(...keys) {
      const actions = keys.flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await command('WebDriver:PerformActions', { actions: [{ type: 'key', id: 'keys', actions }] });
    },
    async end() {
      close();
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Tries the port until Firefox listens. */
async function reach(port: number, child: ChildProcess): Promise<Socket> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`Firefox ended with ${child.exitCode}`);
    const socket = await new Promise<Socket | null>((done) => {
      const made = connect(port, '127.0.0.1', () => done(made));
      made.once('error', () => done(null));
    });
    if (socket !== null) return socket;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('Firefox does not listen');
}

/** Commands and answers over a socket, in order. */
function speak(socket: Socket): { command: Firefox['command']; close(): void } {
  let buffer = Buffer.alloc(0);
  let last = 0;
  const waiting = new Map<number, { done(value: unknown): void; fail(error: Error): void }>();
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let at = buffer.indexOf(':'); at >= 0; at = buffer.indexOf(':')) {
      const length = Number(buffer.subarray(0, at).toString());
      if (buffer.length < at + 1 + length) return;
      const message = JSON.parse(buffer.subarray(at + 1, at + 1 + length).toString()) as unknown;
      buffer = buffer.subarray(at + 1 + length);
      // The first message is a greeting.
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message as [number, number, { message: string } | null, unknown];
      const { done, fail } = waiting.get(id)!;
      waiting.delete(id);
      if (error === null) done(result);
      else fail(new Error(error.message));
    }
  });
  return {
    command: (name, parameters = {}) =>
      new Promise((done, fail) => {
        const id = ++last;
        waiting.set(id, { done, fail });
        const text = JSON.stringify([0, id, name, parameters]);
        socket.write(`${Buffer.byteLength(text)}:${text}`);
      }),
    close: () => socket.destroy(),
  };
}
