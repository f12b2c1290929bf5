// The live part of a preview. It asks the server what has become of this page, and loads it anew, swaps its style sheets, or shows
// what is wrong. One tab listens for news and tells the others. It makes elements from text only.
(() => {
  "use strict";
  const own = document.currentScript;
  const base = "/__kbpress/";
  const page = own.dataset.page;
  let styles = own.dataset.styles.split(" ");
  let seen = "";
  let wanted = "";
  let busy = false;

  function element(name, properties, children = []) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  const host = element("kbpress-preview", {});
  const overlay = element("section", { className: "problems", hidden: true });
  overlay.setAttribute("role", "alert");
  const note = element("p", { className: "note", textContent: own.dataset.note, hidden: !own.dataset.note });
  const sheet = element("link", { rel: "stylesheet", href: base + "preview.css" });
  host.attachShadow({ mode: "open" }).append(sheet, note, overlay);
  document.body.append(host);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") overlay.hidden = true;
  });

  function problem(data) {
    const place = data.editor
      ? element("a", { href: data.editor, textContent: data.place })
      : element("span", { textContent: data.place });
    const code = element("a", { href: base + "explain/" + data.code, target: "_blank", rel: "noopener", textContent: data.code });
    return element("article", {}, [
      element("h2", {}, [element("b", { className: data.severity, textContent: data.severity }), " ", code, " ", place]),
      element("pre", { textContent: data.text }),
    ]);
  }

  function show(problems, more) {
    const close = element("button", { type: "button", textContent: "Hide (Esc)", onclick: () => (overlay.hidden = true) });
    const parts = [close, element("h1", { textContent: "The last good version is shown" }), ...problems.map(problem)];
    if (more) parts.push(element("p", { textContent: `… and ${more} more: see the terminal` }));
    overlay.replaceChildren(...(problems.length ? parts : []));
    overlay.hidden = !problems.length;
  }

  // Gives each style sheet that has changed its new address; says whether the page has as many of them as the server's.
  function swap(news) {
    const links = [...document.querySelectorAll('link[rel="stylesheet"]:not([data-former])')];
    if (links.length !== news.length) return false;
    links.forEach((link, i) => {
      const [href, hash] = news[i];
      if (hash === styles[i]) return;
      // The new one comes first and the old one goes when it is there, so that the page is never without its look.
      const next = link.cloneNode();
      next.href = hash && !href.includes(hash.slice(0, 8)) ? href + (href.includes("?") ? "&" : "?") + "v=" + hash : href;
      next.onload = next.onerror = () => link.remove();
      link.dataset.former = "";
      link.after(next);
    });
    styles = news.map(([, hash]) => hash);
    return true;
  }

  // Puts the new text on the screen at once, and then loads the page properly, which takes longer: only that runs its scripts anew.
  async function renew() {
    const next = await new Promise((resolve) => {
      const request = new XMLHttpRequest();
      // The one way to parse a page that needs no trusted type: a document that runs nothing.
      request.responseType = "document";
      request.onloadend = () => resolve(request.status === 200 ? request.response : null);
      request.open("GET", location.pathname + location.search);
      request.send();
    });
    if (next?.body && page !== "waiting") {
      next.querySelectorAll("script").forEach((script) => script.remove());
      document.title = next.title;
      document.body.replaceWith(document.adoptNode(next.body));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
    location.reload();
  }

  async function look(version) {
    wanted = version;
    // A tab that nobody sees waits until somebody does.
    if (busy || document.hidden || (seen && seen === wanted)) return;
    busy = true;
    try {
      const answer = await fetch(base + "state?path=" + encodeURIComponent(location.pathname), { cache: "no-store" });
      const state = await answer.json();
      seen = state.version;
      show(state.problems, state.more);
      if (state.page && (state.page !== page || (page !== "waiting" && !swap(state.styles)))) {
        await renew();
      }
    } catch {
      // The server is gone, or not there yet: the next news comes from its successor.
    }
    busy = false;
    if (wanted && wanted !== seen && !document.hidden) setTimeout(look, 50, wanted);
  }

  const channel = new BroadcastChannel("kbpress");
  channel.onmessage = (event) => look(event.data);
  function listen() {
    const events = new EventSource(base + "events");
    events.onmessage = (event) => {
      channel.postMessage(event.data);
      look(event.data);
    };
    events.onerror = () => {
      // A browser tries again by itself unless it was turned away.
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
    };
  }
  addEventListener("visibilitychange", () => look(wanted));
  addEventListener("pageshow", (event) => event.persisted && look(""));
  // The tab that holds the lock listens for all; it holds it until it is closed. Without locks (they need a secure address) each tab
  // asks now and then instead, since a browser has only a few connections for all of them.
  if (navigator.locks) {
    navigator.locks.request("kbpress-events", () => new Promise(listen));
  } else {
    setInterval(look, 1000, "");
  }
  look("");
})();
