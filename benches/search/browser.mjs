// How long the search of a built site takes in a real browser: decoding and ranking, without the network.
//
//   (cd ../../tests/browser && npm ci) && node browser.mjs SITE QUERIES.jsonl...
//
// SITE is the output of a build, a query a line of {"query": "…"}. Each query is asked twice, each time by a client that was just opened:
// the first time fetches what it needs, the second is given the same bytes from memory and is measured. So every file is decoded anew, as
// for a reader who comes with this query. The last column is the longest that a query kept the page from doing anything else.
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { openBuilt } from "../../tests/browser/site.mjs";

const [folder, ...files] = process.argv.slice(2);
const read = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line).query);
const { client } = JSON.parse(readFileSync(resolve(folder, "search/index.json"), "utf8"));

/** Runs in the page: the milliseconds of each query, and the longest block of the page's thread in each. */
async function measure([module, queries]) {
  const base = new URL(module.slice(0, module.lastIndexOf("search/")), location.origin).href;
  const { open } = await import(module);
  const kept = new Map();
  const fetchOnce = async (url, options) => {
    const key = String(url);
    if (!kept.has(key)) kept.set(key, await (await fetch(url, options)).arrayBuffer());
    return new Response(kept.get(key));
  };
  const answers = [];
  for (const query of queries) {
    let [ms, block] = [0, 0];
    for (const isMeasured of [false, true]) {
      let last = performance.now();
      const ticks = new MessageChannel();
      let isOpen = isMeasured;
      ticks.port1.onmessage = () => {
        const now = performance.now();
        block = Math.max(block, now - last);
        last = now;
        if (isOpen) ticks.port2.postMessage(0);
      };
      if (isMeasured) ticks.port2.postMessage(0);
      const began = performance.now();
      const search = await open(base, { fetch: fetchOnce });
      await search.query(query, { limit: 10 });
      ms = performance.now() - began;
      isOpen = false;
      ticks.port1.close();
    }
    answers.push([ms, block]);
  }
  return answers;
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
const site = await openBuilt(resolve(folder));
try {
  const { page } = await site.visit("404.html");
  const all = [];
  const row = (name, answers) => {
    const [ms, block] = [0, 1].map((column) => answers.map((answer) => answer[column]));
    const shown = [quantile(ms, 0.5), quantile(ms, 0.95), Math.max(...ms), quantile(block, 0.95), Math.max(...block)].map((x) => x.toFixed(1));
    console.log(`${name.padEnd(26)} ${String(answers.length).padStart(5)}   ${shown.slice(0, 3).join(" / ")} ms   block ${shown.slice(3).join(" / ")} ms`);
  };
  console.log("file                       queries   median / p95 / max   block p95 / max");
  for (const file of files) {
    const module = new URL(client, page.url()).pathname;
    const answers = await page.evaluate(measure, [module, read(file)]);
    row(basename(file), answers);
    all.push(...answers);
  }
  row("all", all);
} finally {
  await site.close();
}
