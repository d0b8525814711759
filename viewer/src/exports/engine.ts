/** Has the server write the lineage with its edits for another program, and says where. */
export async function exportTracks(
  format: 'geff' | 'ctc' | 'trackmate',
  say: (text: string) => void,
): Promise<void> {
  say('Writing…');
  try {
    const response = await fetch('/api/export', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-morula': '1' },
      body: JSON.stringify({ format }),
    });
    const answer = (await response.json()) as { path?: string; notes?: string[]; error?: string };
    if (!response.ok) say(`Not written: ${answer.error ?? `the server answered ${response.status}`}`);
    else say([`Written to ${answer.path}`, ...(answer.notes ?? [])].join('; '));
  } catch {
    say('Not written: the server does not answer');
  }
}
