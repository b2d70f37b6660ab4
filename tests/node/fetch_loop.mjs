// Generate a video with fetch.
const url = "https://api.aimlapi.com/v2/video/generations";
const headers = {
  Authorization: `Bearer ${process.env.AIMLAPI_API_KEY}`,
  "Content-Type": "application/json",
};
const body = JSON.stringify({
  model: "alibaba/wan2.2-vace-fun-a14b-reframe",
  video_url: "https://example.com/street.mp4",
});

let job = await (await fetch(url, { method: "POST", headers, body })).json();
while (["queued", "generating"].includes(job.status)) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const query = new URLSearchParams({ generation_id: job.id });
  job = await (await fetch(`${url}?${query}`, { headers })).json();
}
const video = Buffer.from(await (await fetch(job.video.url)).arrayBuffer());
console.log(job.status, video.subarray(4, 8).toString(), video.length > 1000);
