// Generate a video with fal's own client, by polling or by "streaming".
import { fal } from "@fal-ai/client";

const states = [];
const result = await fal.subscribe("fal-ai/wan-22-vace-fun-a14b/inpainting", {
  input: { prompt: "A red door.", video_url: "https://example.com/door.mp4" },
  mode: process.argv[2],
  logs: true,
  onQueueUpdate: (update) => states.push(update.status),
});
const video = Buffer.from(await (await fetch(result.data.video.url)).arrayBuffer());
const isWhole = video.length === result.data.video.file_size;
console.log(states.at(-1), video.subarray(4, 8).toString(), isWhole);
