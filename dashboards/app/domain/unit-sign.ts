// How units are written for people: configuration files keep to the letters of a keyboard.

const SIGNS: ReadonlyMap<string, string> = new Map([
  ['degC', '°C'],
  ['degF', '°F'],
  ['deg', '°'],
  ['um', 'µm'],
  ['us', 'µs'],
  ['ohm', 'Ω'],
  ['mm2', 'mm²'],
  ['cm2', 'cm²'],
  ['m2', 'm²'],
  ['mm3', 'mm³'],
  ['cm3', 'cm³'],
  ['m3', 'm³'],
]);

/**
 * A unit with its proper sign; any other stays as it was configured.
 *
 * @example
 * unitSign('degC'); // => '°C'
 * unitSign('N.m'); // => 'N·m'
 * unitSign('mm/s'); // => 'mm/s'
 */
export function unitSign(unit: string): string {
  return SIGNS.get(unit) ?? unit.replace(/(?<=\p{L})\.(?=\p{L})/gu, '·');
}
