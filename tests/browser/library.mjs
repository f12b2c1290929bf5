// A knowledge base large enough for an index of many files, made from a few words; the same one everywhere.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const NAMES = "printer,spooler,server,mailbox,folder,driver,registry,macro,toolbar,session,gateway,cluster,volume,adapter,schedule".split(",");
const EVENTS = "stops responding,returns error,loses settings,ignores shortcut,prints twice,cannot start,shows garbled text".split(",");
const CAUSES = "after upgrade,with long names,under heavy load,on laptops,behind firewall,without network,in safe mode".split(",");
const PRODUCTS = ["Windows NT", "Exchange", "Visual Basic"];
const SYLLABLES = "ba,ce,di,fo,gu,ka,le,mi,no,pu,ra,se,ti,vo,xu,za".split(",");

/** Numbers below `range`, always the same ones. */
export function generator(seed) {
  return (range) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % range;
  };
}

function article(number, title, product, text) {
  const thousands = String(Math.floor(number / 1000)).padStart(3, "0");
  const fields = `\tArticle: Q${number}\n\tProduct(s): ${product}\n\tVersion(s): 4.0\n\tKeyword(s): kbprb\n\tLast Modified: 08-JAN-${1995 + (number % 6)}\n`;
  const front = `---\nlayout: page\ntitle: "Q${number}: ${title}"\npermalink: /kb/${thousands}/Q${number}/\n---\n`;
  return [`kb/${thousands}/Q${number}/README.md`, `${front}\n## Q${number}: ${title}\n\n{% raw %}\n\n${fields}\t\n${text}\n{% endraw %}\n`];
}

const section = (name, ...lines) => `\t${name}\n\t${"=".repeat(name.length)}\n\t\n${lines.map((line) => `\t${line}\n\t\n`).join("")}`;

/** The path and text of each of `count` articles and a few that the tests know. */
function articles(count) {
  const random = generator(11);
  const pick = (list) => list[random(list.length)];
  const word = () => Array.from({ length: 2 + random(3) }, () => pick(SYLLABLES)).join("");
  const sentence = () => `The ${pick(NAMES)} ${pick(EVENTS)} ${pick(CAUSES)}: ${Array.from({ length: 9 }, word).join(" ")}.`;
  const made = Array.from({ length: count }, (_, i) => {
    const title = `${pick(NAMES)} ${pick(EVENTS)} ${pick(CAUSES)} ${word()}`;
    return article(200000 + i, title, pick(PRODUCTS), section("SYMPTOMS", sentence(), sentence()) + section("CAUSE", sentence()));
  });
  const filler = Array.from({ length: 60 }, sentence);
  return [
    ...made,
    article(300001, "Zeppelin Controller Halts at Boarding", "Exchange", section("SYMPTOMS", "The zeppelin controller halts.") + section("CAUSE", ...filler)
      + section("RESOLUTION", "Loosen the ballast valve by two turns, then restart the hydrogen compressor.") + section("STATUS", ...filler)),
    article(300002, "Compressor for Hydrogen Restarts by Itself", "Windows NT", section("SYMPTOMS", "The compressor restarts; the hydrogen stays.")),
    article(300003, "<img src=x onerror=alert(1)> & <b>Markup</b> in Titles", "Visual Basic", section("SYMPTOMS", "Text like <script>alert(1)</script> hydrogenates.")),
    article(300004, "Boarding Passes for the Zeppelin", "Windows NT", section("SYMPTOMS", "No boarding without a pass.")),
  ];
}

/** Writes the sources of the library into a new folder. */
export function library(count = 700) {
  const folder = mkdtempSync(join(tmpdir(), "kbpress-library-"));
  const save = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  save("site.toml", 'base_url = "https://example.org/"\ntitle = "Library"\n');
  for (const [path, text] of articles(count)) save(`content/${path}`, text);
  return {
    folder,
    /** Writes one more article. */
    add(number, title, text) {
      const [path, source] = article(number, title, PRODUCTS[0], section("SYMPTOMS", text));
      save(`content/${path}`, source);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
