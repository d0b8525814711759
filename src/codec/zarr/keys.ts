/** The parts of a key. @returns null when the key would leave its store */
export function keyParts(key: string): string[] | null {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.');
  const bad = parts.some((part) => part === '..' || part.includes('\\') || part.includes('\0'));
  return bad ? null : parts;
}
