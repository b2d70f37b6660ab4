// openapi-backend: ajv validates each body, and a handler answers without any state.
// Usage: node backend.cjs DOCUMENT PORT
"use strict";
const http = require("node:http");
const { OpenAPIBackend } = require("openapi-backend");

const [document, port] = process.argv.slice(2);
const send = (res, status, content) => {
  const body = JSON.stringify(content);
  res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  res.end(body);
};
const answer = (context, req, res) => send(res, 200, { id: "a", status: "queued" });
const api = new OpenAPIBackend({
  definition: JSON.parse(require("node:fs").readFileSync(document, "utf8")),
  strict: false,
  quick: true,
  ajvOpts: { strict: false, logger: false },
  handlers: {
    notImplemented: answer,
    validationFail: (context, req, res) => send(res, 400, { errors: context.validation.errors }),
    notFound: (context, req, res) => send(res, 404, {}),
    unauthorizedHandler: (context, req, res) => send(res, 401, {}),
  },
});
api.registerSecurityHandler?.("access-token", () => true);
api.init().then(() => {
  http.createServer((req, res) => {
    const chunks = [];
    req.on("data", (it) => chunks.push(it));
    req.on("end", () => {
      const [path, query] = req.url.split("?");
      const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined;
      api.handleRequest({ method: req.method, path, query, headers: req.headers, body }, req, res);
    });
  }).listen(Number(port), "127.0.0.1");
});
