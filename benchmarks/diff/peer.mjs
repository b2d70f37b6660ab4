// Classifies pairs of documents, read as JSON from standard input, with api-smart-diff.

import { readFileSync } from "node:fs";
import { apiDiff } from "api-smart-diff";

const kindsOf = ([before, after]) => {
  try {
    return apiDiff(before, after).map((it) => it.type);
  } catch {
    return ["failed"];
  }
};

const pairs = JSON.parse(readFileSync(0, "utf8"));
const started = process.cpuUsage();
const kinds = pairs.map(kindsOf);
const { user, system } = process.cpuUsage(started);
console.log(JSON.stringify({ kinds, seconds: (user + system) / 1e6 }));
