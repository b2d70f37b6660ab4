/** What every generated client runs on: hand-written once, the same for each provider. */

import {
  apiError,
  ContractViolation,
  DeadlineExceeded,
  DownloadError,
  JobFailed,
  MissingApiKeyError,
  NetworkError,
} from "./errors.js";

export type Json = Readonly<Record<string, unknown>>;

/** Where a provider answers, who pays, and how its jobs go; pointers are JSON pointers. */
export interface Service {
  readonly name: string;
  readonly base_url: string;
  readonly header: string;
  readonly scheme: string;
  readonly environment: readonly string[];
  readonly id: string;
  readonly status: string;
  readonly video: string;
  readonly error: string;
  readonly pending: readonly string[];
  readonly terminal: Readonly<Record<string, "success" | "failure" | "result">>;
  /** Seconds: the provider's own pace, and how long it may take. */
  readonly interval: number;
  readonly deadline: number;
}

/** One operation; a job's id fills `{id}` of the path, or is the value of `query`. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

/** How the jobs of one model go. */
export interface Protocol {
  readonly model: string;
  readonly fixed: Json;
  readonly webhook: string;
  readonly submit: Call;
  readonly poll: Call;
  readonly result?: Call;
  readonly cancel?: Call;
}

/** What a client may be given. */
export interface ClientOptions {
  /** The provider's key; from the environment if left out. */
  readonly apiKey?: string;
  /** Another address of the service, such as that of a mock. */
  readonly baseUrl?: string;
  /** Carries the requests; the global fetch if left out. */
  readonly fetch?: typeof fetch;
  /** How often more a call is tried that cannot cost twice; 2 if left out. */
  readonly maxRetries?: number;
}

export interface SubmitOptions {
  readonly signal?: AbortSignal;
  /** More of the body, for what the document does not know yet. */
  readonly extraBody?: Json;
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** The service calls this address when the job has ended, where it can. */
  readonly webhookUrl?: string;
}

/** What one look at a job showed: `elapsed` is in seconds. */
export interface Progress {
  readonly status: string;
  readonly outcome: "success" | "failure" | "result" | undefined;
  readonly elapsed: number;
  readonly answer: Json;
}

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Seconds to wait at most; the provider's own limit if left out. */
  readonly timeout?: number;
  /** Seconds between two looks; if left out, the provider's own pace, which grows. */
  readonly interval?: number;
  readonly onProgress?: (progress: Progress) => void;
}

const REQUEST_TIMEOUT = 60;
const LONGEST_INTERVAL = 10;

interface Sending {
  readonly content?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly jobId?: string;
  readonly signal?: AbortSignal | undefined;
  readonly end?: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: number | undefined;
  readonly requestId: string | undefined;
}

/** A connection to one provider; the generated clients have an attribute for each model. */
export class Connection {
  readonly service: Service;
  readonly fetch: typeof fetch;
  readonly #key: string;
  readonly #baseUrl: string;
  readonly #maxRetries: number;

  constructor(service: Service, options: ClientOptions) {
    this.service = service;
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#key = options.apiKey ?? keyFromEnvironment(service);
    this.#baseUrl = (options.baseUrl ?? service.base_url).replace(/\/+$/, "");
    this.#maxRetries = options.maxRetries ?? 2;
  }

  /** Send `call` and return its answer; tried again only where that cannot cost twice. */
  async send(call: Call, where: string, sending: Sending): Promise<Answer> {
    const end = sending.end ?? now() + REQUEST_TIMEOUT;
    for (let attempt = 0; ; attempt += 1) {
      const last = call.method !== "GET" || attempt >= this.#maxRetries;
      let wish: number | undefined;
      try {
        const answer = await this.#once(call, where, sending, end);
        if (last || !(answer.status === 408 || answer.status === 429 || answer.status >= 500)) {
          return answer;
        }
        wish = answer.retryAfter;
        if (now() + (wish ?? 0) >= end) return answer;
      } catch (error) {
        if (last || !(error instanceof NetworkError) || now() >= end) throw error;
      }
      await rest(wish ?? Math.min(8, 0.5 * 2 ** attempt), sending.signal);
    }
  }

  async #once(call: Call, where: string, sending: Sending, end: number): Promise<Answer> {
    const id = sending.jobId ?? "";
    const path = call.path.replace("{id}", () => encodeURIComponent(id));
    const url = new URL(this.#baseUrl + path);
    const query = call.query ? { [call.query]: id } : {};
    for (const [name, value] of Object.entries({ ...sending.query, ...query })) {
      url.searchParams.set(name, value);
    }
    const left = Math.min(REQUEST_TIMEOUT, end - now());
    const limit = AbortSignal.timeout(Math.max(1, Math.ceil(left * 1000)));
    const signal = sending.signal ? AbortSignal.any([sending.signal, limit]) : limit;
    try {
      const response = await this.fetch(url, {
        method: call.method,
        redirect: "error", // the key goes to this address and to no other
        headers: {
          Accept: "application/json",
          ...(sending.content === undefined ? {} : { "Content-Type": "application/json" }),
          ...sending.headers,
          [this.service.header]: `${this.service.scheme} ${this.#key}`,
        },
        ...(sending.content === undefined ? {} : { body: sending.content }),
        signal,
      });
      const text = await response.text();
      return {
        status: response.status,
        body: parsed(text),
        retryAfter: seconds(response.headers.get("retry-after")),
        requestId: response.headers.get("x-request-id") ?? undefined,
      };
    } catch (error) {
      sending.signal?.throwIfAborted();
      throw new NetworkError(`${where}: no answer, ${String(error)}`, { cause: error });
    }
  }
}

/** One model: `submit` starts a job, `job` takes one up that was started earlier. */
export class Model<Input extends object, Output extends object> {
  readonly #connection: Connection;
  readonly #protocol: Protocol;

  constructor(connection: Connection, protocol: Protocol) {
    this.#connection = connection;
    this.#protocol = protocol;
  }

  /** Submit a job, once: a submit costs money and is never tried again. */
  async submit(input: Input, options: SubmitOptions = {}): Promise<Job<Output>> {
    const { service } = this.#connection;
    const { webhook, submit, fixed } = this.#protocol;
    if (options.webhookUrl !== undefined && webhook === "") {
      throw new TypeError(`${service.name} takes no webhookUrl`);
    }
    const where = `${service.name} ${this.#protocol.model}: ${submit.method} ${submit.path}`;
    const answer = await this.#connection.send(submit, where, {
      content: JSON.stringify({ ...fixed, ...input, ...options.extraBody }),
      query: options.webhookUrl === undefined ? {} : { [webhook]: options.webhookUrl },
      headers: options.extraHeaders ?? {},
      signal: options.signal,
    });
    const body = readObject(where, answer);
    const id = lookUp(body, service.id);
    if (typeof id !== "string" && typeof id !== "number") {
      throw new ContractViolation(`${where} gave no job id`, service.id, body);
    }
    return this.job(String(id));
  }

  /** Return the job of that id. */
  job(id: string): Job<Output> {
    if (id === "" || id === "." || id === "..") throw new TypeError(`${id} names no job`);
    return new Job<Output>(this.#connection, this.#protocol, id);
  }
}

/** A job; another program can take it up by its id. */
export class Job<Output extends object> {
  readonly id: string;
  /** The last status seen, known to the document or not. */
  status: string | undefined;
  readonly #connection: Connection;
  readonly #protocol: Protocol;

  constructor(connection: Connection, protocol: Protocol, id: string) {
    this.#connection = connection;
    this.#protocol = protocol;
    this.id = id;
  }

  get provider(): string {
    return this.#connection.service.name;
  }

  get model(): string {
    return this.#protocol.model;
  }

  /** Ask once how the job stands. */
  async poll(options: { readonly signal?: AbortSignal } = {}): Promise<Progress> {
    return this.#look(now(), now() + REQUEST_TIMEOUT, options.signal);
  }

  /** Wait until the video is there; throws JobFailed where there will be none. */
  async wait(options: WaitOptions = {}): Promise<Finished<Output>> {
    const { service } = this.#connection;
    const { signal, timeout = service.deadline } = options;
    const start = now();
    const end = start + timeout;
    let pause = options.interval ?? service.interval;
    for (;;) {
      const progress = await this.#inTime(timeout, end, () => this.#look(start, end, signal));
      options.onProgress?.(progress);
      if (progress.outcome !== undefined) {
        const body = await this.#inTime(timeout, end, () => this.#settle(progress, end, signal));
        return this.#finished(body);
      }
      if (now() >= end) throw this.#late(timeout);
      await rest(Math.min(pause * (0.9 + 0.2 * Math.random()), end - now()), signal);
      if (options.interval === undefined) pause = Math.min(pause * 1.25, LONGEST_INTERVAL);
    }
  }

  /** Ask the service to withdraw the job. */
  async cancel(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { cancel } = this.#protocol;
    if (cancel === undefined) throw new TypeError(`${this.provider} cannot cancel a job`);
    const where = this.#where(cancel);
    readObject(where, await this.#ask(cancel, now() + REQUEST_TIMEOUT, options.signal));
  }

  async #look(start: number, end: number, signal: AbortSignal | undefined): Promise<Progress> {
    const { poll } = this.#protocol;
    const { service } = this.#connection;
    const answer = readObject(this.#where(poll), await this.#ask(poll, end, signal));
    const status = lookUp(answer, service.status);
    if (typeof status !== "string") {
      throw new ContractViolation(`${this.#where(poll)} gave no status`, service.status, answer);
    }
    this.status = status;
    const known = Object.hasOwn(service.terminal, status);
    const outcome = known ? service.terminal[status] : undefined;
    return { status, outcome, elapsed: now() - start, answer };
  }

  async #settle(seen: Progress, end: number, signal: AbortSignal | undefined): Promise<Json> {
    const { result } = this.#protocol;
    if (seen.outcome === "failure") {
      const why = lookUp(seen.answer, this.#connection.service.error);
      throw new JobFailed(this.#name, this, seen.answer, why);
    }
    if (seen.outcome === "success" || result === undefined) return seen.answer;
    const answer = await this.#ask(result, end, signal);
    const own = answer.status >= 400 && ![401, 402, 403, 429].includes(answer.status);
    if (own && isObject(answer.body)) {
      throw new JobFailed(this.#name, this, answer.body, answer.body);
    }
    return readObject(this.#where(result), answer);
  }

  #finished(body: Json): Finished<Output> {
    const { service } = this.#connection;
    const url = lookUp(body, service.video);
    if (typeof url !== "string" || url === "") {
      throw new ContractViolation(`${this.#name} gave no video`, service.video, body);
    }
    return new Finished<Output>(this, body as Output, url, this.#connection.fetch);
  }

  async #inTime<T>(timeout: number, end: number, run: () => Promise<T>): Promise<T> {
    if (now() >= end) throw this.#late(timeout);
    try {
      return await run();
    } catch (error) {
      if (error instanceof NetworkError && now() >= end - 0.05) throw this.#late(timeout);
      throw error;
    }
  }

  async #ask(call: Call, end: number, signal: AbortSignal | undefined): Promise<Answer> {
    return this.#connection.send(call, this.#where(call), { jobId: this.id, end, signal });
  }

  #late(timeout: number): DeadlineExceeded<this> {
    return new DeadlineExceeded(this.#name, this, timeout);
  }

  get #name(): string {
    return `${this.provider} ${this.model}: job ${this.id}`;
  }

  #where(call: Call): string {
    return `${this.provider} ${this.model}: ${call.method} ${call.path}`;
  }
}

/** A job that has made its video; `output` is all that the service said of it. */
export class Finished<Output extends object> {
  constructor(
    readonly job: Job<Output>,
    readonly output: Output,
    readonly videoUrl: string,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  /** Fetch the video, whole or not at all; no key is sent. */
  async download(options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const where = `video of job ${this.job.id}`;
    try {
      const response = await this.fetch(this.videoUrl, options);
      if (!response.ok) throw new DownloadError(`${where}: answered ${response.status}`);
      const content = new Uint8Array(await response.arrayBuffer());
      const announced = response.headers.get("content-length");
      const encoded = response.headers.has("content-encoding");
      if (!encoded && announced !== null && Number(announced) !== content.length) {
        throw new DownloadError(`${where}: ${content.length} of ${announced} bytes came`);
      }
      if (content.length === 0) throw new DownloadError(`${where}: it is empty`);
      return content;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof DownloadError) throw error;
      throw new DownloadError(`${where}: the connection broke, ${String(error)}`, { cause: error });
    }
  }
}

function keyFromEnvironment(service: Service): string {
  const host = globalThis as { process?: { env?: Record<string, string | undefined> } };
  for (const name of service.environment) {
    const found = host.process?.env?.[name]?.trim();
    if (found) return found;
  }
  const names = service.environment.join(" or ");
  throw new MissingApiKeyError(`${service.name}: no API key; set ${names}, or pass apiKey`);
}

function readObject(where: string, answer: Answer): Json {
  if (answer.status < 200 || answer.status > 299) {
    throw apiError(where, answer.status, answer.body, answer.retryAfter, answer.requestId);
  }
  if (isObject(answer.body)) return answer.body;
  throw new ContractViolation(`${where} answered what is no JSON object`, "", answer.body);
}

function lookUp(body: unknown, pointer: string): unknown {
  let value = body;
  for (const token of pointer.split("/").slice(1)) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function seconds(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

function now(): number {
  return performance.now() / 1000;
}

function rest(pause: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, Math.max(0, pause) * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
