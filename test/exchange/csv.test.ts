import { describe, expect, it } from 'vitest';
import { fixed, separatorOf, significant, splitLine, tableBlocks, textCell } from '../../src/exchange/csv.ts';

describe('fixed', () => {
  it('rounds to four decimals in the shortest form', () => {
    expect(fixed(0.1 + 0.2)).toBe('0.3');
    expect(fixed(1e-7)).toBe('0');
    expect(fixed(-0.00001)).toBe('0');
    expect(fixed(12.34567)).toBe('12.3457');
    expect(fixed(1740)).toBe('1740');
  });

  it('leaves values that are not finite empty', () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY].map((value) => fixed(value))).toEqual(['', '']);
  });
});

describe('significant', () => {
  it('keeps six digits of slow speeds and bright pixels', () => {
    expect(significant(0.00123456789)).toBe('0.00123457');
    expect(significant(33000.54)).toBe('33000.5');
    expect(significant(Number.NaN)).toBe('');
  });
});

describe('textCell', () => {
  it('disarms what a spreadsheet would run', () => {
    expect(textCell('=1+1')).toBe(`"'=1+1"`);
    expect(textCell('@sum')).toBe(`"'@sum"`);
    expect(textCell('-cmd')).toBe(`"'-cmd"`);
  });

  it('keeps numbers with a sign and plain text', () => {
    expect([textCell('-1.5'), textCell('+2'), textCell('cell')]).toEqual(['-1.5', '+2', 'cell']);
  });

  it('quotes separators and doubles quotes', () => {
    expect(textCell('a,"b"')).toBe('"a,""b"""');
  });
});

describe('splitLine', () => {
  it('reads quoted cells with separators and doubled quotes', () => {
    expect(splitLine('"a,""b""",2,,"x"', ',')).toEqual(['a,"b"', '2', '', 'x']);
    expect(splitLine('1;2;', ';')).toEqual(['1', '2', '']);
  });
});

describe('separatorOf', () => {
  it('finds comma, semicolon and tab', () => {
    expect(['a,b', 'a;b;c', 'a\tb'].map(separatorOf)).toEqual([',', ';', '\t']);
  });
});

describe('tableBlocks', () => {
  it('cuts long tables into blocks that join to one table', () => {
    const blocks = tableBlocks(['i'], 10_000, (i) => String(i));
    expect(blocks.length).toBe(3);
    const lines = blocks.join('').split('\n');
    expect([lines[0], lines[1], lines[10_000], lines[10_001], lines.length]).toEqual([
      'i',
      '0',
      '9999',
      '',
      10_002,
    ]);
  });
});
