// Take jobs through the generated client; what came of each goes to standard output.
const [clients, baseUrl] = process.argv.slice(2);
const fal = await import(`${clients}/fal/index.js`);
const aimlapi = await import(`${clients}/aimlapi/index.js`);
const scenario = (name) => ({ extraHeaders: { "X-Mock-Scenario": name } });
const video_url = "https://example.com/in.mp4";
const pace = { interval: 0.02, timeout: 20 };
const caught = async (run) => {
  try {
    return await run();
  } catch (error) {
    return error;
  }
};

const queue = new fal.Client({ apiKey: "id:secret", baseUrl }).wan_22_vace_fun_a14b_inpainting;
const reframe = new aimlapi.Client({ apiKey: "any", baseUrl }).wan2_2_vace_fun_a14b_reframe;
const told = {};

const looks = [];
const job = await reframe.submit({ video_url, num_frames: 17 });
const finished = await job.wait({ ...pace, onProgress: (it) => looks.push(it.status) });
const video = await finished.download();
told.last = looks.at(-1);
told.kind = new TextDecoder().decode(video.slice(4, 8));
told.again = (await reframe.job(job.id).poll()).outcome;
told.output = finished.output.id === job.id && finished.output.video.url === finished.videoUrl;

const done = await (await queue.submit({ prompt: "a cat", video_url })).wait(pace);
told.queue = [done.job.status, done.output.prompt];

const failures = [
  ["failed", async () => (await reframe.submit({ video_url }, scenario("error"))).wait(pace)],
  ["failedQueue", async () => (await queue.submit({ prompt: "a", video_url }, scenario("error"))).wait(pace)],
  ["refused", () => reframe.submit({ video_url, num_frames: 9999 })],
  ["limited", () => reframe.submit({ video_url }, scenario("rate_limited"))],
  ["unknown", () => reframe.job("nobody").poll()],
  ["late", async () => (await reframe.submit({ video_url }, scenario("stuck"))).wait({ ...pace, timeout: 0.2 })],
  ["away", () => new aimlapi.Client({ apiKey: "k", baseUrl: "http://127.0.0.1:1" }).wan2_2_vace_fun_a14b_pose.submit({ prompt: "a", video_url })],
  ["keyless", () => new fal.Client()],
  ["expired", async () => (await (await reframe.submit({ video_url }, scenario("expired_url"))).wait(pace)).download()],
  ["torn", async () => (await (await reframe.submit({ video_url }, scenario("truncated_download"))).wait(pace)).download()],
  ["noHook", () => reframe.submit({ video_url }, { webhookUrl: "https://x.test" })],
  ["noCancel", async () => (await reframe.submit({ video_url })).cancel()],
];
for (const [name, run] of failures) {
  const error = await caught(run);
  told[name] = [error.name, error instanceof fal.ReelError, Boolean(error.job)];
}

const flaky = await reframe.submit({ video_url }, scenario("flaky"));
told.flaky = (await flaky.wait({ ...pace, timeout: 60 })).job.status;

const stuck = await reframe.submit({ video_url }, scenario("stuck"));
const controller = new AbortController();
const waiting = caught(() => stuck.wait({ interval: 30, signal: controller.signal }));
setTimeout(() => controller.abort(new Error("enough")), 100);
told.aborted = (await waiting).message;

let calls = 0;
const counting = (...request) => ((calls += 1), fetch(...request));
const once = new aimlapi.Client({ apiKey: "k", baseUrl, fetch: counting }).wan2_2_vace_fun_a14b_reframe;
await caught(() => once.submit({ video_url }, scenario("connection_reset")));
told.submits = calls;
console.log(JSON.stringify(told));
