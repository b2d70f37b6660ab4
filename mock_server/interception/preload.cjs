// Sends what a Node program sends through the proxy of HTTPS_PROXY.
//
// Required before the program by NODE_OPTIONS. Node 20 ignores the proxy variables,
// and later versions honour them for their own agents only; so every agent, and every
// dispatcher of fetch, is taught to open a tunnel. Needs no package.
"use strict";

const http = require("node:http");
const https = require("node:https");
const net = require("node:net");
const tls = require("node:tls");

const setting = process.env.HTTPS_PROXY;
const proxy = setting ? new URL(setting) : null;

function isLocal(host) {
  const name = host.replace(/^\[|\]$/g, "");
  const isAddress = net.isIP(name) !== 0;
  return name === "localhost" || name === "::1" || (isAddress && name.startsWith("127."));
}

// Call back with a socket that leads to *host* through the proxy.
function openTunnel(host, port, callback) {
  const authority = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const request = http.request({
    method: "CONNECT",
    host: proxy.hostname,
    port: proxy.port,
    path: authority,
    headers: { host: authority },
    agent: false,
  });
  request.once("error", callback);
  request.once("connect", (answer, socket) => {
    if (answer.statusCode === 200) {
      callback(null, socket);
      return;
    }
    socket.destroy();
    const refusal = new Error(`${authority}: the proxy answered ${answer.statusCode}`);
    callback(Object.assign(refusal, { code: "ECONNREFUSED" }));
  });
  request.end();
}

// Give the agents of *module* a way to connect that goes through the proxy.
function teachAgents(module, defaultPort, finish) {
  const direct = module.Agent.prototype.createConnection;
  module.Agent.prototype.createConnection = function (options, callback) {
    const plain = options !== null && typeof options === "object";
    if (!plain || !callback || options.socketPath || isLocal(options.host ?? "localhost")) {
      return direct.apply(this, arguments);
    }
    openTunnel(options.host, options.port || defaultPort, (error, socket) => {
      if (error) callback(error);
      else finish(direct.bind(this), options, socket, callback);
    });
    return undefined;
  };
}

// Connect for undici, which has its own kind of agent.
function connect(options, callback) {
  const secure = options.protocol === "https:";
  const host = options.hostname.replace(/^\[|\]$/g, "");
  const port = Number(options.port) || (secure ? 443 : 80);
  const secured = (socket) => {
    if (!secure) return callback(null, socket);
    const servername = options.servername || (net.isIP(host) ? undefined : host);
    const session = tls.connect({ socket, servername, ALPNProtocols: ["http/1.1"] });
    session.once("error", callback);
    session.once("secureConnect", () => {
      session.off("error", callback);
      callback(null, session);
    });
    return undefined;
  };
  if (!isLocal(host)) {
    openTunnel(host, port, (error, socket) => (error ? callback(error) : secured(socket)));
    return;
  }
  const socket = net.connect({ host, port });
  socket.once("error", callback);
  socket.once("connect", () => {
    socket.off("error", callback);
    secured(socket);
  });
}

// Node keeps its undici to itself, but a dispatcher that it has made knows its class.
function teachFetch() {
  void globalThis.Headers; // loads undici, which sets its dispatchers
  for (const version of [1, 2]) {
    const name = Symbol.for(`undici.globalDispatcher.${version}`);
    const present = globalThis[name];
    if (present) globalThis[name] = new present.constructor({ connect });
  }
}

if (proxy) {
  teachAgents(http, 80, (_, __, socket, callback) => callback(null, socket));
  teachAgents(https, 443, (direct, options, socket, callback) =>
    callback(null, direct({ ...options, socket })),
  );
  teachFetch();
}
