// The search of kbpress beside three others, over the same articles and the same queries; prints a table for docs/benchmarks.md.
//
//   npm ci && node run.mjs KBPRESS CONTENT QUERIES.jsonl... [--articles 5000]
//
// KBPRESS is the program, CONTENT a folder with kb/NNN/QNNNNNN/README.md, a query a line of {"query": "…", "targets": ["Q164177"]}.
// Of the articles every n-th is taken, in the order of their numbers; of the queries those with a target among them. Every engine gets the
// title and the text of an article. Bytes are those of a host that compresses (gzip, level 6) where that is smaller. A first query takes
// code, index and what ten hits need. CPU time and memory come from /usr/bin/time.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const HITS = 10;
const BASE = "https://kb.example.org/";
const require = createRequire(import.meta.url);
const here = fileURLToPath(import.meta.url);

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const wire = (bytes) => Math.min(bytes.length, gzipSync(bytes, { level: 6 }).length);

/** All files below a folder. */
const filesIn = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));

function readArticles(content, count) {
  const kb = join(content, "kb");
  const found = readdirSync(kb).flatMap((bucket) => (statSync(join(kb, bucket)).isDirectory() ? readdirSync(join(kb, bucket)).map((id) => ({ id, path: join("kb", bucket, id, "README.md") })) : []));
  const sorted = found.filter(({ path }) => existsSync(join(content, path))).sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  const step = Math.max(1, sorted.length / count);
  return Array.from({ length: Math.min(count, sorted.length) }, (_, i) => sorted[Math.floor(i * step)]).map(({ id, path }) => {
    const source = readFileSync(join(content, path), "utf8");
    const [, front, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(source) ?? [null, "", source];
    const title = /^title: *"?(.*?)"? *$/m.exec(front)?.[1] ?? id;
    return { id, path, title, text: body.replace(/\{% (?:end)?raw %\}/g, "") };
  });
}

/** A `fetch` over a folder that counts what it sent. */
function host(folder) {
  const sent = new Map();
  const fetch = async (url) => {
    const file = join(folder, decodeURIComponent(new URL(url, BASE).pathname));
    if (!existsSync(file)) return new Response("", { status: 404 });
    const bytes = readFileSync(file);
    if (!sent.has(file)) sent.set(file, wire(bytes));
    return new Response(bytes);
  };
  return { fetch, bytes: () => [...sent.values()].reduce((a, b) => a + b, 0) };
}

/** One JSON file that the reader's browser loads whole. */
const oneFile = (make, code) => ({
  build: (folder, articles) => writeFileSync(join(folder, "index.json"), JSON.stringify(make.index(articles))),
  open: async (folder) => {
    const bytes = readFileSync(join(folder, "index.json"));
    const search = make.search(bytes.toString());
    const weight = wire(bytes) + wire(readFileSync(require.resolve(code)));
    return async (query) => ({ ids: search(query).slice(0, HITS), bytes: weight });
  },
  published: (folder) => [join(folder, "index.json")],
});

const minisearchOptions = { fields: ["title", "text"], searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2 } } };
const ENGINES = {
  kbpress: {
    prepare(folder, articles, { content }) {
      for (const { path } of articles) {
        mkdirSync(dirname(join(folder, "content", path)), { recursive: true });
        cpSync(join(content, path), join(folder, "content", path));
      }
    },
    // The search costs what a build with it takes more than one without.
    command: (folder, { program, without }) => {
      writeFileSync(join(folder, "site.toml"), `base_url = "${BASE}"\ntitle = "KB"\n[search]\nenabled = ${!without}\n`);
      rmSync(join(folder, "public"), { recursive: true, force: true });
      return [program, "build", "-q", "-r", folder];
    },
    difference: true,
    async open(folder) {
      const site = join(folder, "public");
      const entry = JSON.parse(readFileSync(join(site, "search/index.json")));
      const { open } = await import(pathToFileURL(join(site, entry.client)));
      const code = wire(readFileSync(join(site, entry.client))) + wire(readFileSync(join(site, entry.ui)));
      return async (query) => {
        const { fetch, bytes } = host(site);
        const { hits } = await (await open(BASE, { fetch })).query(query, { limit: HITS });
        return { ids: hits.map(({ id }) => id), bytes: code + bytes() };
      };
    },
    published: (folder) => filesIn(join(folder, "public/search")).filter((file) => !file.endsWith(".html")),
  },
  pagefind: {
    prepare(folder, articles) {
      for (const { id, title, text } of articles) {
        mkdirSync(join(folder, "public", id), { recursive: true });
        writeFileSync(join(folder, "public", id, "index.html"), `<!DOCTYPE html><html lang="en"><head><title>${escape(title)}</title></head><body><main><h1>${escape(title)}</h1><pre>${escape(text)}</pre></main></body></html>`);
      }
    },
    command: (folder) => [join(dirname(require.resolve(`@pagefind/${process.platform}-${process.arch}/package.json`)), "bin/pagefind_extended"), "--site", join(folder, "public")],
    async open(folder) {
      const site = join(folder, "public");
      const code = wire(readFileSync(join(site, "pagefind/pagefind.js")));
      return async (query) => {
        const { fetch, bytes } = host(site);
        globalThis.fetch = fetch;
        // A module of its own for every query: a new reader's.
        const pagefind = await import(`${pathToFileURL(join(site, "pagefind/pagefind.js"))}?${Math.random()}`);
        await pagefind.options({ basePath: `${BASE}pagefind/` });
        const { results } = await pagefind.search(query);
        const hits = await Promise.all(results.slice(0, HITS).map((result) => result.data()));
        await pagefind.destroy();
        return { ids: hits.map(({ url }) => url.split("/").find((part) => /^Q\d+$/.test(part))), bytes: code + bytes() };
      };
    },
    published: (folder) => filesIn(join(folder, "public/pagefind")),
  },
  minisearch: oneFile({
    index(articles) {
      const MiniSearch = require("minisearch");
      const index = new MiniSearch(minisearchOptions);
      index.addAll(articles);
      return index;
    },
    search(json) {
      const index = require("minisearch").loadJSON(json, minisearchOptions);
      return (query) => index.search(query).map(({ id }) => id);
    },
  }, "minisearch"),
  lunr: oneFile({
    index(articles) {
      return require("lunr")(function build() {
        this.ref("id");
        this.field("title", { boost: 10 });
        this.field("text");
        for (const article of articles) this.add(article);
      });
    },
    search(json) {
      const lunr = require("lunr");
      const index = lunr.Index.load(JSON.parse(json));
      // What would be syntax is a space to it.
      return (query) => index.search(query.replace(/[:*^~+-]/g, " ")).map(({ ref }) => ref);
    },
  }, "lunr"),
};

function measured(command) {
  const { status, stderr } = spawnSync("/usr/bin/time", ["-f", "\n%U %S %M", ...command], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status) throw new Error(`${command.join(" ")}: ${stderr.slice(-2000)}`);
  const [user, system, memory] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { cpu: user + system, memory: memory / 1024 };
}

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];

async function main() {
  const args = process.argv.slice(2);
  const option = (name, other) => {
    const i = args.indexOf(name);
    return i < 0 ? other : args.splice(i, 2)[1];
  };
  const count = Number(option("--articles", 5000));
  const only = option("--build");
  if (only) {
    const [folder] = args;
    ENGINES[only].build(folder, JSON.parse(readFileSync(join(folder, "articles.json"), "utf8")));
    return;
  }
  const [program, content, ...files] = args.map((path) => resolve(path));
  if (!files.length) throw new Error("usage: run.mjs KBPRESS CONTENT QUERIES.jsonl... [--articles 5000]");
  const articles = readArticles(content, count);
  const ids = new Set(articles.map(({ id }) => id));
  const queries = files.flatMap((file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)))
    .map(({ query, targets }) => ({ query, targets: targets.filter((id) => ids.has(id)) })).filter(({ targets }) => targets.length);
  console.log(`${articles.length} articles, ${queries.length} queries\n\n| | build CPU | peak of memory | files | bytes | a first query, median / p95 | MRR@10 | a query, p95 |\n|---|---|---|---|---|---|---|---|`);
  const work = mkdtempSync(join(tmpdir(), "kbpress-search-"));
  for (const [name, engine] of Object.entries(ENGINES)) {
    const folder = join(work, name);
    mkdirSync(folder);
    engine.prepare?.(folder, articles, { content });
    if (!engine.command) writeFileSync(join(folder, "articles.json"), JSON.stringify(articles));
    const without = engine.difference ? measured(engine.command(folder, { program, without: true })) : { cpu: 0, memory: 0 };
    const built = measured(engine.command?.(folder, { program }) ?? [process.execPath, here, "--build", name, folder]);
    const published = engine.published(folder);
    const search = await engine.open(folder);
    const [ranks, bytes, times] = [[], [], []];
    for (const { query, targets } of queries) {
      const began = performance.now();
      const found = await search(query);
      times.push(performance.now() - began);
      const rank = found.ids.findIndex((id) => targets.includes(id)) + 1;
      ranks.push(rank ? 1 / rank : 0);
      bytes.push(found.bytes);
    }
    const kilobytes = (n) => Math.round(n / 1024).toLocaleString("en");
    const total = published.reduce((sum, file) => sum + statSync(file).size, 0);
    const cells = [`${(built.cpu - without.cpu).toFixed(1)} s`, `${Math.round(built.memory)} MB`, published.length.toLocaleString("en"), `${kilobytes(total)} KB`,
      `${kilobytes(at(bytes, 0.5))} / ${kilobytes(at(bytes, 0.95))} KB`, (ranks.reduce((a, b) => a + b, 0) / ranks.length).toFixed(3), `${at(times, 0.95).toFixed(0)} ms`];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  rmSync(work, { recursive: true });
}

await main();
