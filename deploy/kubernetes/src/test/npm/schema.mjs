// Holds Kubernetes objects, a JSON array on stdin, against their kinds, and prints what is wrong with each, an array of
// arrays. TypeScript refuses fields that a kind does not have, which its schema lets pass; the schema refuses quantities,
// durations and ranges.
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";

const operators = {
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator/",
  "postgresql.cnpg.io": "@kubernetes-models/cloudnative-pg/",
};
const objects = JSON.parse(readFileSync(0, "utf8"));
const errors = objects.map(() => []);
const module = ({ apiVersion, kind }) =>
  `${operators[apiVersion.split("/")[0]] ?? "kubernetes-models/"}${apiVersion}/${kind}`;

for (const [i, object] of objects.entries()) {
  const { [object.kind]: Kind } = await import(module(object));
  try {
    new Kind(object).validate();
  } catch (error) {
    errors[i].push(error.message);
  }
}

// One line for each object, so that an error's line says whose it is.
const lines = objects.map(
  (object, i) => `const o${i}: import("${module(object)}").I${object.kind} = ${JSON.stringify(object)};`,
);
writeFileSync("objects.ts", [...lines, "export {};"].join("\n"));
const program = ts.createProgram(["objects.ts"], {
  module: ts.ModuleKind.NodeNext,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  types: [],
});
for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
  const { line } = ts.getLineAndCharacterOfPosition(file, start);
  errors[line].push(ts.flattenDiagnosticMessageText(messageText, " "));
}
console.log(JSON.stringify(errors));
