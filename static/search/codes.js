// The error codes of a pasted text as terms of the index. `src/codes.rs` finds the same in articles.

const STOP = /\b(stop:?\s+(?:0x)?[0-9a-f]+)\s*\([^)]*\)/gi;
/** Numbers that say where the program was, not what went wrong. */
const PLACE = /\b(?:address|addr|at|base|offset|eip|esp|rip|handle|pid|tid|process|thread)\s*[:=]?\s*(?:id\s*[:=]?\s*)?\(?(?:0x)?[0-9a-f]+\b/gi;
const SPELLED = new RegExp([
  '(?<!\\w)0x(?<hex>[0-9a-f]{1,16})(?!\\w)',
  '(?<!\\w)(?<bare>(?=\\w*[a-f])(?=\\w*\\d)[0-9a-f]{8}|800\\d{5}|000\\d{5})(?!\\w)',
  '(?<![\\w.])-?(?<decimal>\\d{9,10})(?![\\w.])',
  '\\bstop:?\\s+(?<stop>[0-9a-f]{1,8})\\b',
  '\\bevent(?:\\s*ids?)?[\\s:=#(]*0*(?<event>\\d{1,6})\\b',
  '\\b(?:error|err|msg)(?:\\s*(?:codes?|numbers?|no\\b\\.?|ids?|message))?[\\s:=#([\'"]*0*(?<error>\\d{1,6})\\b',
  '(?<!\\w)(?<tool>(?:lnk|bc|bk|cs|cvt|ex|nm|prj|rc|rw|sb)\\d{4,5}|[acdlmpru]\\d{4})(?!\\w)',
].join('|'), 'gi');

/** The term of the 32-bit number that programs print with its sign or without, empty where it is below 0x80000000. */
export function ofDecimal(digits) {
  if (!/^\d{9,10}$/.test(digits)) return '';
  const value = Number(digits) < 2 ** 31 ? 2 ** 32 - Number(digits) : Number(digits);
  return value >= 2 ** 31 && value < 2 ** 32 ? `0x${value.toString(16)}` : '';
}

/** The terms of the codes that a text names, each once. */
export function codesOf(text) {
  const found = [];
  for (const { groups: { hex, bare, decimal, stop, event, error, tool } } of text.replace(STOP, '$1').replace(PLACE, ' ').matchAll(SPELLED)) {
    const value = hex ?? bare ?? stop;
    found.push(value ? `0x${value.toLowerCase().replace(/^0+(?=.)/, '')}` : decimal ? ofDecimal(decimal) : event ? `event:${event}` : error ? `error:${error}` : tool.toLowerCase());
  }
  return [...new Set(found)].filter(Boolean);
}
