// The reader's choice of light or dark, applied before the first paint; then the button that changes it.
(() => {
  const root = document.documentElement;
  const key = "kbpress-scheme";
  const store = (value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch {
      return null;
    }
  };
  const chosen = store();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  root.dataset.js = "";
  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("body > header > button.scheme");
    if (!button) return;
    const prefers = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefers.matches);
    const show = () => button.setAttribute("aria-pressed", String(dark()));
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      store(root.dataset.theme);
      show();
    });
    prefers.addEventListener("change", show);
    show();
  });
})();
