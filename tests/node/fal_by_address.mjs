// fal's client, pointed at the mock whose address is the first argument.
import { createFalClient } from "@fal-ai/client";

const [, , mock] = process.argv;
const fal = createFalClient({
  credentials: "id:secret",
  // Every host of the service is a folder of the mock.
  requestMiddleware: async (request) => ({
    ...request,
    url: request.url.replace("https://", `${mock}/`),
  }),
});

const app = "fal-ai/wan-22-vace-fun-a14b/inpainting";
const input = { prompt: "a cat", video_url: "https://example.com/a.mp4", num_frames: 17 };

const followed = {};
for (const mode of ["polling", "streaming"]) {
  const seen = [];
  const { data, requestId } = await fal.subscribe(app, {
    input,
    logs: true,
    mode,
    onQueueUpdate: (it) => seen.push([it.status, it.logs?.map((line) => line.message) ?? []]),
  });
  followed[mode] = { last: seen.at(-1), prompt: data.prompt, requestId };
}

const { request_id: requestId } = await fal.queue.submit(app, { input });
const status = await fal.queue.status(app, { requestId });
await fal.queue.cancel(app, { requestId });
const failure = await fal.queue.result(app, { requestId }).catch((error) => error.status);

const run = await fal.run(app, { input });

const url = await fal.storage.upload(new File(["abc"], "a b.txt", { type: "text/plain" }));
const stored = await (await fetch(url)).text();

const long = new Blob([new Uint8Array(91 * 1024 * 1024).fill(7)], { type: "video/mp4" });
const longUrl = await fal.storage.upload(long);
const longStored = await (await fetch(longUrl)).arrayBuffer();

console.log(
  JSON.stringify({
    followed,
    status: status.status,
    failure,
    run: run.data.prompt,
    stored,
    long: longStored.byteLength,
  }),
);
