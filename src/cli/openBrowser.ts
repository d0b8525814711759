import { spawn } from 'node:child_process';

/** Opens the address in the user's browser where there is one; says nothing when it cannot. */
export function openBrowser(url: string): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const noDisplay = opener === 'xdg-open' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (noDisplay || process.env.CI !== undefined) return;
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
