// Whether a name of what an article applies to covers what a reader runs: one rule for articles, lists and the search.

/** Words that names have and readers leave out, or the other way round. */
const FILLER = /^(?:microsoft|the|for|with|and|on|of|operating|system|versions?|editions?|releases?|\d\d-bit)$/;
/** What a name may begin with before the word that tells. */
const LEADING = /^(?:microsoft|ms|windows|visual|the|operating|system|\d\d-bit)$/;
/** Names with these words are other products than the names without them. */
const APART = /^(?:nt|ce)$/;
const NUMBER = /^v?\d+(?:\.\w+)*[a-z]?$/;
const PACK = /^sp\d/;

const wordsOf = (text) => text.toLowerCase().replace(/(\d) ?[-–] ?(?=\d+\.\d)/g, '$1 to ').replace(/\b(?:service pack|sp) (?=\d)/g, 'sp')
  .match(/[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}+#]|[./&'-](?=[\p{L}\p{N}]))*/gu) ?? [];
const withParts = (words) => words.flatMap((word) => [word, ...word.split(/[/&'-]/)]);

/** The first letters of a name's words, which is how readers abbreviate it: `iis` for `Microsoft Internet Information Server`. */
const initialsOf = (name) => wordsOf(name).filter((word) => !FILLER.test(word) && !NUMBER.test(word)).map((word) => word[0]).join('');
const abbreviates = (word, name) => /^\p{L}{2,4}$/u.test(word) && !APART.test(word) && initialsOf(name).startsWith(word);

const stands = (pattern, version) => pattern.endsWith('x') && version.startsWith(pattern.slice(0, -1));

/** Which of two versions is the later one: below 0, 0 or above; `x` stands for any, and `6x` for 6 and 6a. */
function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.replace('v', '').split('.'));
  for (let i = 0; i < left.length || i < right.length; i++) {
    const [one, other] = [left[i] ?? '0', right[i] ?? '0'];
    if (stands(one, other) || stands(other, one)) return 0;
    const order = parseInt(one, 10) - parseInt(other, 10) || one.length - other.length || (one > other) - (one < other);
    if (order && +one !== +other) return order;
  }
  return 0;
}

/**
 * A test of names for what a reader runs, such as `Windows NT 4.0`: all words of the product must be in the name, or abbreviate it, and it
 * must begin with one of them, and the version must be one that it lists, where it lists any. "Windows 3.1" is not "Windows NT", though that has no version.
 * @param {string} what
 * @returns {(name: string) => boolean}
 */
export function fits(what) {
  const given = wordsOf(what).filter((word) => !FILLER.test(word));
  const pack = given.find((word) => PACK.test(word));
  const stems = given.filter((word) => word !== pack && !NUMBER.test(word)).map((word) => word.replace(/\d.*/, ''));
  return (name) => {
    const lower = name.toLowerCase();
    if (!stems.length || !stems.every((stem) => lower.includes(stem) || abbreviates(stem, name))) return false;
    // The versions after the platform's name are the platform's: `version 5 for Windows NT 4.0`.
    const words = wordsOf(name.replace(/(\bversions? .*?) (?:for|on|with) .*/i, '$1'));
    const all = withParts(wordsOf(name));
    // `NT4` is two words where the name has not that one.
    const typed = given.flatMap((word) => (all.includes(word) ? word : /^(?!sp)(\p{L}{2,})(\d[\d.]*)$/u.exec(word)?.slice(1) ?? word));
    const versions = typed.filter((word) => NUMBER.test(word));
    const product = typed.filter((word) => word !== pack && !NUMBER.test(word));
    const begins = withParts(words.slice(0, words.findIndex((word) => !LEADING.test(word)) + 1 || undefined));
    const short = product.filter((word) => !all.includes(word) && abbreviates(word, name));
    if (!product.every((word) => all.includes(word) || short.includes(word)) || !(short.length || typed.some((word) => begins.includes(word)))) return false;
    if (versions.length && begins.some((word) => APART.test(word) && !product.includes(word))) return false;
    if (!words.some((word) => NUMBER.test(word))) return !versions.length || product.length > 1 || short.includes(initialsOf(name)) || words.every((word) => FILLER.test(word) || word === 'server' || product.includes(word));
    return versions.every((version) => words.some((word, i) => {
      const [next, after] = [words[i + 1], words[i + 2]];
      const last = next === 'to' && NUMBER.test(after) ? after : word;
      const listed = NUMBER.test(word) ? compare(version, word) >= 0 && compare(version, last) <= 0 : withParts([word]).includes(version);
      return listed && (!pack || !PACK.test(next) || next === pack);
    }));
  };
}
