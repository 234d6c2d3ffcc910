const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** A resource.Quantity in its canonical form, or undefined when it is none: `1500m` for `1.5`, `1` for `1000m`. */
export function canonicalQuantity(value: string | number): string | undefined {
  const match = FORM.exec(String(value));
  if (!match) return undefined;
  const [, sign = '', digits = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const negative = sign === '-';
  const binary = BINARY.indexOf(suffix);
  const exponential = /^[eE][+-]?\d/.test(suffix);
  if (binary > 0) {
    // Kept as a count of units; a fraction of them is written in smaller units.
    let units = BigInt(`${whole}${fraction}` || '0') * 1024n ** BigInt(binary);
    const scale = 10n ** BigInt(fraction.length);
    if (units % scale === 0n) {
      units /= scale;
      let step = 0;
      while (units !== 0n && units % 1024n === 0n && step < 6) {
        units /= 1024n;
        step++;
      }
      return units === 0n ? '0' : `${negative ? '-' : ''}${units}${BINARY[step]}`;
    }
    return decimal(
      negative,
      BigInt(`${whole}${fraction}`) * 1024n ** BigInt(binary),
      -fraction.length,
      false,
    );
  }
  const exponent = exponential ? Number(suffix.slice(1)) : (DECIMAL[suffix] ?? 0);
  return decimal(negative, BigInt(`${whole}${fraction}` || '0'), exponent - fraction.length, exponential);
}

/** mantissa * 10^exponent with the largest suffix that leaves no fraction. */
function decimal(negative: boolean, mantissa: bigint, exponent: number, exponential: boolean): string {
  if (mantissa === 0n) return '0';
  while (exponent < -9) {
    // More precise than nano is rounded up.
    mantissa = (mantissa + 9n) / 10n;
    exponent++;
  }
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0 || (!exponential && exponent > 18)) {
    mantissa *= 10n;
    exponent--;
  }
  const suffix = exponential
    ? exponent === 0
      ? ''
      : `e${exponent}`
    : Object.keys(DECIMAL).find((key) => DECIMAL[key] === exponent);
  return `${negative ? '-' : ''}${mantissa}${suffix}`;
}
