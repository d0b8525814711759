/** Numbers of a column, whose points lie below each other; `–` where there is none. */
export const fixed =
  (decimals: number) =>
  (value: number): string =>
    Number.isFinite(value) ? value.toFixed(decimals) : '–';
