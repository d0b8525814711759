/** Has graph and tables written with the edits; they are safe in the log without it. */
export async function saveTables(say: (text: string) => void): Promise<void> {
  try {
    const response = await fetch('/api/save', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-morula': '1' },
      body: '{}',
    });
    const { seq, error } = (await response.json()) as { seq?: number; error?: string };
    if (response.ok) say(`Tables and graph are written as of edit ${seq}`);
    else
      say(
        `Not written: ${error ?? `the server answered ${response.status}`}; your edits are safe in the log`,
      );
  } catch {
    say('Not written: the server does not answer; your edits are safe in the log');
  }
}
