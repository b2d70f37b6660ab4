// Upload a file with fal's own client, and fetch it again.
import { fal } from "@fal-ai/client";

const url = await fal.storage.upload(new Blob(["not quite a video"], { type: "video/mp4" }));
console.log((await (await fetch(url)).text()) === "not quite a video");
