// The search box of a page: a combobox after the ARIA practices, whose options are real links. Text enters the page as text only.

const DEBOUNCE = 150;
const INSTANT = 6;

/** Makes an element; properties with a `-` and `role` become attributes. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) name.includes('-') || name === 'role' ? made.setAttribute(name, value) : made[name] = value;
  made.append(...children);
  return made;
}

/** A text as nodes, the words of the query in `<mark>`. */
export function marked(text, words) {
  const parts = [];
  let from = 0;
  for (const [start, end] of occurrences(text, words)) {
    parts.push(text.slice(from, start), element('mark', {}, text.slice(start, end)));
    from = end;
  }
  return [...parts, text.slice(from)];
}

/** Where the words stand in a text, as `[start, end]`. */
export function occurrences(text, words) {
  const plain = text.replace(/[^\0-\x7f]/g, (c) => c.normalize('NFKD')[0].toLowerCase());
  const sorted = words.filter((word) => !word.includes(':')).sort((a, b) => b.length - a.length).slice(0, 80);
  if (!sorted.length) return [];
  const spelled = sorted.map((word) => word.replace(/[^\p{L}\p{N}_]/gu, '\\$&').replace(/^0x/, '0x0*'));
  const spaced = spelled.filter((word) => !/[\u0e00-\u0eff\u2e80-\ud7ff]/.test(word)).join('|');
  const unspaced = spelled.filter((word) => /[\u0e00-\u0eff\u2e80-\ud7ff]/.test(word)).join('|');
  const pattern = [spaced && `(?<![\\p{L}\\p{N}])(?:${spaced})(?![\\p{L}\\p{N}])`, unspaced].filter(Boolean).join('|');
  return [...plain.matchAll(new RegExp(pattern, 'giu'))].map((match) => [match.index, match.index + match[0].length]);
}

/** The words of the site, from `search/index.json`. */
let words = {};

/** A word of the site; the texts in braces are filled in. */
export const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);

/** `1,234 articles`. */
export const articles = (n) => `${n.toLocaleString(document.documentElement.lang)} ${say(n === 1 ? 'article' : 'articles')}`;

/** A query as a sentence quotes it: who pasted a log line need not read it again. */
export const quoted = (text) => (text.length > 80 ? `${text.slice(0, 80).replace(/\s+\S*$/, '')} …` : text);

/** What to tell a reader when a search failed. */
export const failure = (error) => say(error?.code === 'version' ? 'reload' : 'offline');

/** What the site calls a type of articles: `how-to`. */
export const kindWord = (kind) => kind && say(`kind_${kind.replace('-', '_')}`);

/** What a hit is, beside its title. */
export const describe = ({ id, product, kind, year, fits }) => [fits && `✓ ${runs()}`, id, product, kindWord(kind), year].filter(Boolean).join(' · ');

/** What the reader runs, as they said on an article; empty where they said nothing. */
export const runs = () => {
  try {
    return String(JSON.parse(localStorage.getItem('kbpress-runs')) ?? '').trim();
  } catch {
    return '';
  }
};

/**
 * Brings the forms to life.
 * @param {HTMLFormElement[]} forms
 * @param {string} base where the site is
 * @param {{client: string, page: string, words: Object<string, string>}} entry the modules and the site's words, from `search/index.json`
 */
export function start(forms, base, entry) {
  let opening;
  ({ words } = entry);
  const search = () => {
    opening ??= import(new URL(entry.client, base).href).then(({ open }) => open(base));
    opening.catch(() => { opening = undefined; });
    return opening;
  };
  search().catch(() => {});
  forms.forEach((form, i) => combobox(form, base, search, `search-list-${i}`));
  const page = document.querySelector('[data-search-page]');
  if (page) import(new URL(entry.page, base).href).then(({ show }) => show(page, forms[0], { base, search, element, marked, occurrences, say, articles, quoted, failure, describe, kindWord, runs }));
}

function combobox(form, base, search, id) {
  const input = form.q;
  const list = element('div', { id, className: 'search-list', role: 'listbox', 'aria-label': say('list') });
  const note = element('p', { className: 'search-note', hidden: true });
  const status = element('div', { className: 'search-status', role: 'status' });
  const panel = element('div', { className: 'search-panel', hidden: true }, note, list);
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-expanded': 'false', 'aria-controls': id, 'aria-autocomplete': 'list', autocomplete: 'off' })) input.setAttribute(name, value);
  form.append(panel, status);
  let active = -1;
  let timer;
  let controller;

  const show = (open) => {
    panel.hidden = !open;
    input.setAttribute('aria-expanded', String(open && list.children.length > 0));
    if (!open) activate(-1);
  };
  const activate = (next) => {
    list.children[active]?.setAttribute('aria-selected', 'false');
    active = next;
    const option = list.children[active];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    option ? input.setAttribute('aria-activedescendant', option.id) : input.removeAttribute('aria-activedescendant');
  };
  const option = (href, ...children) => list.append(element('a', { href, tabIndex: -1, id: `${id}-${list.children.length}`, role: 'option', 'aria-selected': 'false' }, ...children));
  const tell = (...children) => {
    note.replaceChildren(...children);
    note.hidden = !children.length;
  };

  const run = async () => {
    controller?.abort();
    const text = input.value.trim();
    if (!text) return show(false);
    controller = new AbortController();
    const { signal } = controller;
    try {
      const result = await (await search()).query(text, { limit: INSTANT, prefers: runs(), signal });
      if (signal.aborted || document.activeElement !== input) return;
      activate(-1);
      list.replaceChildren();
      for (const hit of result.hits) {
        option(new URL(hit.url, base).href, element('span', { className: 'search-title' }, ...marked(hit.title, result.words)), element('span', { className: 'search-meta' }, describe(hit)));
      }
      const all = new URL(form.action);
      all.searchParams.set('q', text);
      if (result.hits.length) option(all.href, element('span', { className: 'search-all' }, say('all', { query: quoted(text) })));
      tell(...(result.corrected.length ? [say('corrected', { query: result.suggestion })] : result.hits.length ? [] : [say('nothing')]));
      status.textContent = result.hits.length ? say('keys', { count: articles(result.hits.length) }) : say('nothing');
      show(true);
    } catch (error) {
      if (signal.aborted) return;
      list.replaceChildren();
      tell(failure(error), ' ', element('button', { type: 'button', onclick: () => { input.focus(); run(); } }, say('again')));
      status.textContent = failure(error);
      show(true);
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(run, DEBOUNCE);
  };

  input.addEventListener('input', (event) => {
    // What was chosen was for another text.
    activate(-1);
    if (!event.isComposing) later();
  });
  input.addEventListener('compositionend', later);
  input.addEventListener('focus', () => { if (input.value && !form.matches('[data-search-page] *')) later(); });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const { length } = list.children;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && length) {
      event.preventDefault();
      if (panel.hidden) show(true);
      // One place before the first option stands for the text itself.
      activate((active + 1 + step + length + 1) % (length + 1) - 1);
    } else if (event.key === 'Enter' && list.children[active] && !panel.hidden) {
      event.preventDefault();
      list.children[active].click();
    } else if (event.key === 'Escape' && (!panel.hidden || input.value)) {
      event.preventDefault();
      if (panel.hidden) input.value = '';
      clearTimeout(timer);
      controller?.abort();
      show(false);
    }
  });
  form.addEventListener('focusout', (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  form.addEventListener('submit', () => {
    clearTimeout(timer);
    controller?.abort();
    show(false);
  });
  panel.addEventListener('pointerdown', (event) => { if (!event.target.closest('button')) event.preventDefault(); });
  if (input.value && document.activeElement === input) later();
}
