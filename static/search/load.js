// The only script of an ordinary page: fetches the search when a reader means to use it (focus, hover, typing where the focus was before this
// script, `/`, Ctrl-K).

const forms = [...document.querySelectorAll('form[role=search]')];
let loading;

const load = () => {
  const folder = forms[0].action;
  const base = new URL('..', folder).href;
  loading ??= fetch(new URL('index.json', folder), { cache: 'no-cache' })
    .then((response) => response.json())
    .then(async (entry) => (await import(new URL(entry.ui, base).href)).start(forms, base, entry))
    .catch(() => { loading = undefined; });
};

for (const form of forms) for (const event of ['focusin', 'pointerenter', 'input']) form.addEventListener(event, load);
addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
  const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing;
  if (!forms.length || !(slash || (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)))) return;
  event.preventDefault();
  forms[0].q.focus();
  forms[0].q.select();
});
if (forms.length && document.querySelector('[data-search-page]')) load();
