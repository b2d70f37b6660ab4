// Take a job through fal's queue call by call; cancel another.
import { fal } from "@fal-ai/client";

const id = "fal-ai/wan-22-vace-fun-a14b/inpainting";
const input = { prompt: "A red door.", video_url: "https://example.com/door.mp4" };

const { request_id: requestId } = await fal.queue.submit(id, { input });
let status;
do {
  await new Promise((resolve) => setTimeout(resolve, 200));
  status = await fal.queue.status(id, { requestId, logs: true });
} while (status.status !== "COMPLETED");
const result = await fal.queue.result(id, { requestId });

const other = await fal.queue.submit(id, { input });
await fal.queue.cancel(id, { requestId: other.request_id });
const cancelled = await fal.queue.status(id, { requestId: other.request_id });
console.log(status.status, result.requestId === requestId, cancelled.status);
