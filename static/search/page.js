// The results page: hits with snippets from their own pages, facets, and what to do when nothing is found. Its state is the URL.

const STEP = 10;
const FACETS = { product: 'product', type: 'kind', year: 'year', applies: 'applies_to' };
const VALUES = 8;
const SNIPPET = 240;
/** How much of a page is looked at for its best passage, in characters. */
const MOST_TEXT = 60_000;
/** Words that name the passage in a link. */
const NAMED = 4;

/**
 * Takes over the page.
 * @param {HTMLElement} page holds the results; `[data-search-browse]` in it is shown when there are none
 * @param {HTMLFormElement} form the search box
 * @param {object} tools from `ui.js`
 */
export function show(page, form, tools) {
  const { base, search, element, marked, occurrences, say, articles, quoted, failure, describe, kindWord, runs } = tools;
  const browse = page.querySelector('[data-search-browse]');
  const status = element('p', { className: 'search-summary', role: 'status' });
  const note = element('p', { className: 'search-note', hidden: true });
  const results = element('ol', { className: 'search-results' });
  const more = element('button', { className: 'search-more', type: 'button', hidden: true }, say('more'));
  const facets = element('div', { className: 'search-facets', hidden: true });
  const parts = [status, note, element('div', { className: 'search-columns' }, facets, element('div', {}, results, more))];
  const heading = page.querySelector('h1');
  const above = page.contains(form) ? form : heading;
  above ? above.after(...parts) : page.prepend(...parts);
  const { title: siteTitle } = document;
  let controller;
  let isFirst = true;

  const state = () => new URL(location.href).searchParams;
  const filtersOf = (params) => Object.fromEntries(Object.keys(FACETS).map((name) => [name, params.getAll(name)]).filter(([, values]) => values.length));
  const tell = (...children) => {
    note.replaceChildren(...children);
    note.hidden = !children.length;
  };
  const go = (url) => {
    history.pushState(null, '', url);
    run();
  };
  const link = (properties, params, ...children) => element('a', {
    href: `?${params}`,
    onclick(event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      go(`?${params}`);
    },
    ...properties,
  }, ...children);

  const run = async (offset = 0) => {
    const params = state();
    const text = params.get('q')?.trim() ?? '';
    // What was typed before this script came stays.
    if (text || !isFirst) form.q.value = text;
    isFirst = false;
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    if (!text) {
      for (const part of [results, facets]) part.replaceChildren();
      facets.hidden = more.hidden = true;
      status.textContent = '';
      tell();
      if (browse) browse.hidden = false;
      return;
    }
    document.title = `${text} – ${siteTitle}`;
    page.setAttribute('aria-busy', 'true');
    try {
      const result = await (await search()).query(text, { limit: STEP, offset, filters: filtersOf(params), prefers: runs(), facets: true, signal });
      if (signal.aborted) return;
      if (!offset) results.replaceChildren();
      results.append(...result.hits.map((hit) => item(hit, result)));
      more.hidden = offset + result.hits.length >= result.any || result.hits.length < STEP;
      more.onclick = () => run(offset + STEP);
      summarise(text, result, params);
      if (!offset) drawFacets(result.facets, params);
      if (offset) results.children[offset]?.querySelector('a')?.focus();
    } catch (error) {
      if (signal.aborted) return;
      status.textContent = '';
      tell(failure(error), ' ', element('button', { type: 'button', onclick: () => run(offset) }, say('again')));
    } finally {
      if (!signal.aborted) page.removeAttribute('aria-busy');
    }
  };

  const summarise = (text, result, params) => {
    const some = result.hits.length > 0 || results.children.length > 0;
    const query = quoted(result.phrases.join(', ') || text);
    if (!some) status.textContent = say('nothing_for', { query: quoted(text) });
    else if (result.checked) status.textContent = say('checked', { count: result.total, checked: result.checked, query });
    else if (result.phrases.length) status.textContent = say('with', { count: articles(result.total), query });
    else if (result.complete) status.textContent = say('every', { count: articles(result.total), query });
    else status.textContent = say('some', { count: articles(result.any), query });
    const lines = [];
    if (result.corrected.length) {
      const right = new URLSearchParams(params);
      right.set('q', result.suggestion);
      const [before, after] = say('mean').split('{query}');
      lines.push(element('span', {}, before, link({}, right, result.suggestion), after ?? '', ' '));
    }
    const own = runs();
    if (own && result.hits.some(({ fits }) => fits) && !params.has('applies')) {
      const narrowed = new URLSearchParams(params);
      narrowed.set('applies', own);
      lines.push(link({}, narrowed, say('runs', { what: own })), ' ');
    }
    if (!some) lines.push(element('span', {}, say('try')));
    tell(...lines);
    if (browse) browse.hidden = some;
  };

  const drawFacets = (counts, params) => {
    const chosen = filtersOf(params);
    facets.replaceChildren();
    const wide = matchMedia('(min-width: 56rem)').matches;
    for (const [name, word] of Object.entries(FACETS)) {
      const values = [...counts[name] ?? []];
      for (const value of chosen[name] ?? []) if (!values.some((known) => known.value === value)) values.unshift({ value, count: 0 });
      if (!values.length) continue;
      const rows = values.map(({ value, count }) => {
        const next = new URLSearchParams(params);
        const on = chosen[name]?.includes(value);
        on ? next.delete(name, value) : next.append(name, value);
        return element('li', {}, link(on ? { 'aria-current': 'true' } : {}, next, name === 'type' ? kindWord(value) : value, ' ', element('span', { className: 'search-count' }, count.toLocaleString(document.documentElement.lang))));
      });
      const box = element('details', { open: (wide && name !== 'applies') || Boolean(chosen[name]) }, element('summary', {}, say(word)), element('ul', {}, ...rows.slice(0, VALUES)));
      if (rows.length > VALUES) {
        const rest = element('button', { type: 'button', onclick: () => rest.replaceWith(element('ul', {}, ...rows.slice(VALUES))) }, say('rest', { count: rows.length - VALUES }));
        box.append(rest);
      }
      facets.append(box);
    }
    facets.hidden = !facets.children.length;
  };

  const item = (hit, { words }) => {
    const url = new URL(hit.url, base).href;
    const snippet = element('p', { className: 'search-snippet' });
    const title = element('a', { href: url }, ...marked(hit.title, words));
    const made = element('li', {}, element('h2', {}, title), element('p', { className: 'search-meta' }, describe(hit)), snippet);
    made.snippet = () => excerpt(url, words).then((found) => {
      if (!found) return;
      snippet.append(...marked(found.text, words));
      title.href = `${url}${fragment(found)}`;
      if (found.id) snippet.append(' ', element('a', { className: 'search-section', href: title.href }, found.heading));
    }, () => {});
    watcher.observe(made);
    return made;
  };

  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      target.snippet();
    }
  }, { rootMargin: '200px' });

  const excerpt = async (url, words) => {
    const main = (await pageAt(url)).querySelector('main') ?? null;
    if (!main) return null;
    let best = null;
    let heading = null;
    let left = MOST_TEXT;
    for (const block of main.querySelectorAll('h2, h3, h4, h5, h6, p, li, pre, td, dd')) {
      if (/^H/.test(block.tagName)) {
        heading = block;
        continue;
      }
      if (block.closest('nav, [data-search-skip]') || block.querySelector('p, li, pre')) continue;
      if (left <= 0) break;
      const lines = plain(block).slice(0, left);
      left -= lines.length;
      const text = lines.replace(/\s+/g, ' ').trim();
      const [from, score] = window(text, occurrences(text, words).slice(0, 200));
      if (!best || score > best.score) best = { score, text: cut(text, from), passage: score ? passage(lines, text.slice(from)) : '', id: heading?.id ?? '', heading: heading ? plain(heading).trim() : '' };
    }
    return best?.text ? best : null;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const params = new URLSearchParams([['q', form.q.value]]);
    go(`?${params}`);
  });
  addEventListener('popstate', () => run());
  run();
}

/** A page as a document. This way of loading runs no script and is no sink of Trusted Types. */
function pageAt(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.responseType = 'document';
    request.onload = () => (request.response ? resolve(request.response) : reject(new Error(`HTTP ${request.status}`)));
    request.onerror = reject;
    request.send();
  });
}

/** Where the stretch with most different words begins, and how many it has. */
function window(text, places) {
  let [from, most] = [0, 0];
  for (const [start] of places) {
    const seen = new Set(places.filter(([a, b]) => a >= start && b <= start + SNIPPET - 40).map(([a, b]) => text.slice(a, b).toLowerCase()));
    if (seen.size > most) [from, most] = [start, seen.size];
  }
  return [from, most];
}

function cut(text, at) {
  const from = at < 60 ? 0 : text.indexOf(' ', at - 50) + 1;
  const end = from + SNIPPET >= text.length ? text.length : text.lastIndexOf(' ', from + SNIPPET);
  return `${from ? '… ' : ''}${text.slice(from, end > from ? end : from + SNIPPET)}${end < text.length ? ' …' : ''}`;
}

/** The first words of `text` that stand in one line of the page, which is where a browser looks for them. */
function passage(lines, text) {
  const words = text.split(' ', NAMED);
  while (words.length && !lines.includes(words.join(' '))) words.pop();
  return words.join(' ');
}

/** What leads to the passage in its page: browsers that know text fragments go there, others to its section. */
function fragment({ id, passage: words }) {
  const encode = (text) => encodeURIComponent(text).replaceAll('-', '%2D');
  return id || words ? '#' + encodeURIComponent(id) + (words ? ':~:text=' + encode(words) : '') : '';
}

/** The text of a block as a reader sees it: line breaks part words, and what the page adds for itself does not count. */
function plain(node) {
  if (node.nodeType === 3) return node.data;
  if (node.nodeName === 'BR') return '\n';
  return node.dataset?.chrome === undefined ? [...node.childNodes].map(plain).join('') : '';
}
