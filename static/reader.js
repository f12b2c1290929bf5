// Comforts that a reader can do without: copying, the current section, long listings, the words that were searched for, what was
// read and kept, the product that the reader runs, help on keys. Text enters the page as text only. `WORDS` are the site's labels, `FITS` the
// module that tells what covers what a reader runs.
(() => {
  const main = document.getElementById("kb-main");
  const article = main?.querySelector("article");
  const make = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const button = (textContent, onclick) => make("button", { type: "button", className: "act", textContent, onclick });
  const copier = (word, text) => {
    const copy = button(word, async () => {
      await navigator.clipboard.writeText(text());
      copy.textContent = WORDS.copied;
      setTimeout(() => { copy.textContent = word; }, 1500);
    });
    return copy;
  };
  const store = (key, value) => {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem(`kbpress-${key}`));
      localStorage.setItem(`kbpress-${key}`, JSON.stringify(value));
    } catch { /* There may be no storage, or something else in it. */ }
  };
  const pages = (key) => {
    const value = store(key);
    return Array.isArray(value) ? value.filter((item) => /^\/(?![/\\])/.test(item?.url)) : [];
  };

  function copying() {
    for (const block of article.querySelectorAll("pre, .lines")) {
      const text = block.innerText.trimEnd();
      const copy = copier(WORDS.copy, () => text);
      const frame = make("div", { className: "block" });
      block.replaceWith(frame);
      frame.append(block, copy);
      if (block.matches("pre") && text.split("\n").length > 40) {
        const more = button(WORDS.more, () => more.setAttribute("aria-expanded", String(!frame.classList.toggle("long"))));
        frame.classList.add("long");
        more.setAttribute("aria-expanded", "false");
        frame.append(more);
      }
    }
  }

  const marks = { B: "**", STRONG: "**", EM: "*", I: "*", CODE: "`" };
  const markdown = (node) => {
    if (node.nodeType === 3 && /^\s*\n\s*$/.test(node.data) && /^[DOTU]/.test(node.parentNode.nodeName)) return "";
    if (node.nodeType === 3) return node.data.replace(/\s+/g, " ");
    const { nodeName: name, textContent } = node;
    if (name === "PRE") return `\n\n\`\`\`\n${textContent.trimEnd()}\n\`\`\`\n\n`;
    if (name === "BUTTON" || node.matches("[data-chrome]")) return "";
    const inner = [...node.childNodes].map(markdown).join("");
    const text = inner.trim();
    const indented = text.replaceAll("\n", "\n   ");
    if (!text) return name === "BR" ? "  \n" : inner;
    if (marks[name]) return marks[name] + text + marks[name];
    if (name === "A") return `[${text}](${node.href})`;
    if (/^H\d$/.test(name)) return `\n\n${"#".repeat(name[1])} ${text}\n\n`;
    if (name === "LI") return `\n${node.dataset.marker ?? (node.parentNode.matches("ol") ? "1." : "-")} ${indented}`;
    if (name === "TBODY") return inner;
    if (name === "TR") return `\n|${inner}`;
    if (/^T[HD]$/.test(name)) return ` ${text.replaceAll("|", "\\|")} |`;
    if (name === "THEAD") return inner + `\n|${" --- |".repeat(node.rows[0].cells.length)}`;
    return getComputedStyle(node).display === "inline" ? inner : `\n\n${name === "BLOCKQUOTE" ? text.replace(/^/gm, "> ") : text}\n\n`;
  };

  function following() {
    const links = [...main.querySelectorAll(".toc a")];
    const watch = new IntersectionObserver((entries) => {
      const seen = entries.find((entry) => entry.isIntersecting);
      if (seen) for (const a of links) a.ariaCurrent = String(decodeURIComponent(a.hash) === `#${seen.target.id}`);
    }, { rootMargin: "0px 0px -75%" });
    if (links.length) article.querySelectorAll(":is(h2, h3, h4)[id]").forEach((heading) => watch.observe(heading));
  }

  function marking() {
    let query = new URLSearchParams(location.search).get("highlight");
    try {
      query ||= sessionStorage.getItem("kbpress-words");
      sessionStorage.removeItem("kbpress-words");
    } catch { /* As above. */ }
    const words = (query ?? "").slice(0, 200).match(/[\p{L}\p{N}_]{2,}/gu);
    if (!words) return;
    const pattern = new RegExp(words.join("|"), "giu");
    const walker = document.createTreeWalker(article.querySelector(".text"), NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    for (const node of nodes) {
      let from = 0;
      const parts = [];
      for (const { 0: textContent, index } of node.data.matchAll(pattern)) {
        parts.push(node.data.slice(from, index), make("mark", { textContent }));
        from = index + textContent.length;
      }
      if (from) node.replaceWith(...parts, node.data.slice(from));
    }
    addEventListener("keydown", ({ key }) => {
      if (key === "Escape") for (const mark of article.querySelectorAll("mark")) mark.replaceWith(mark.textContent);
    });
  }

  function keeping() {
    const here = { url: location.pathname, title: main.querySelector("h1").textContent };
    const others = (key) => pages(key).filter(({ url }) => url !== here.url);
    const isKept = () => pages("kept").length > others("kept").length;
    const show = () => keep.setAttribute("aria-pressed", String(isKept()));
    const keep = button(WORDS.keep, () => {
      store("kept", isKept() ? others("kept") : [here, ...others("kept")].slice(0, 50));
      show();
    });
    show();
    store("recent", [here, ...others("recent")].slice(0, 8));
    const header = main.querySelector("header");
    (header.querySelector(".meta") ?? header).append(keep, copier(WORDS.markdown, () => {
      const text = `# ${here.title}\n\n${location.href}\n${markdown(article.querySelector(".text"))}`;
      return text.replace(/ +\n(?=\n)/g, "\n").replace(/\n{3,}/g, "\n\n").trimEnd() + "\n";
    }));
  }

  // Where the reader says what they run; `show` is told.
  const asking = (show) => {
    const mine = make("input", { value: store("runs") ?? "", placeholder: WORDS.runs, ariaLabel: WORDS.runs });
    mine.onchange = () => { store("runs", mine.value.trim()); show(mine.value.trim()); };
    show(mine.value);
    return mine;
  };

  function matching() {
    const list = article.querySelector(".fields dd > ul");
    if (!list) return;
    const says = make("output");
    const mine = asking(async (what) => {
      const covers = what && (await import(FITS)).fits(what);
      const names = [...list.querySelectorAll("li")].map(({ firstChild }) => firstChild.textContent);
      says.textContent = what ? names.some(covers) ? WORDS.fits : WORDS.fits_not : "";
    });
    list.after(make("p", { className: "runs" }, mine, says));
  }

  // On pages of lists: marks what applies to what the reader runs.
  function listing() {
    const links = [...main.querySelectorAll(".pages > li > a")].filter((a) => /^\p{L}+\d/u.test(a.textContent));
    const form = document.querySelector("form[role=search]");
    if (!links.length || !form) return;
    let place = main.querySelector(".meta");
    if (!place) main.querySelector("h1").after(place = make("p", { className: "meta" }));
    const numbers = async (what) => {
      const entry = await (await fetch(new URL("index.json", form.action), { cache: "no-cache" })).json();
      const base = new URL("..", form.action).href;
      return (await (await import(new URL(entry.client, base).href)).open(base)).applying(what);
    };
    place.append(make("span", { className: "runs" }, asking(async (what) => {
      const found = what ? await numbers(what).catch(() => null) : null;
      for (const a of links) {
        if (a.nextElementSibling?.matches(".fits")) a.nextElementSibling.remove();
        if (found?.has(parseInt(a.textContent.match(/\d+/)[0]))) a.after(make("i", { className: "fits", textContent: `✓ ${what}` }));
      }
    })));
  }

  if (article?.matches(".kb, .doc")) [copying, following, marking, keeping, matching].forEach((comfort) => comfort());
  else if (main && !main.matches("[data-search-page]")) listing();
  if (main?.matches(".home")) {
    for (const key of ["recent", "kept"]) {
      const items = pages(key).slice(0, 8).map(({ url, title }) => make("li", {}, make("a", { href: url, textContent: title })));
      if (items.length) main.querySelector(".columns").prepend(make("section", {}, make("h2", { textContent: WORDS[key] }), make("ol", { className: "pages" }, ...items)));
    }
  }
  addEventListener("click", ({ target }) => {
    if (target.closest("[data-search-page] a, .search-list a")) {
      try { sessionStorage.setItem("kbpress-words", document.getElementById("q").value); } catch { /* As above. */ }
    }
  });
  const help = make("dialog", { className: "keys" }, ...WORDS.keys.split(" · ").map((textContent) => make("p", { textContent })), button(WORDS.close, () => help.close()));
  addEventListener("keydown", ({ key, target }) => {
    if (key !== "?" || target.closest?.("input, textarea")) return;
    document.body.append(help);
    help.open ? help.close() : help.showModal();
  });
})();
