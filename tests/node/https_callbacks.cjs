// Generate a video with https.request and callbacks.
const https = require("https");

const url = "https://api.aimlapi.com/v2/video/generations";
const headers = {
  Authorization: `Bearer ${process.env.AIMLAPI_API_KEY}`,
  "Content-Type": "application/json",
};

function send(url, options, body, callback) {
  const request = https.request(url, options, (answer) => {
    const chunks = [];
    answer.on("data", (chunk) => chunks.push(chunk));
    answer.on("end", () => callback(Buffer.concat(chunks)));
  });
  request.on("error", (error) => console.error(error.message));
  request.end(body);
}

function follow(job) {
  if (["queued", "generating"].includes(job.status)) {
    const address = new URL(url);
    address.searchParams.append("generation_id", job.id);
    setTimeout(() => send(address, { headers }, null, (body) => follow(JSON.parse(body))), 200);
    return;
  }
  const agent = new https.Agent({ keepAlive: true });
  send(job.video.url, { agent }, null, (video) => {
    console.log(job.status, video.subarray(4, 8).toString(), video.length > 1000);
    agent.destroy();
  });
}

const body = JSON.stringify({
  model: "alibaba/wan2.2-vace-fun-a14b-depth",
  prompt: "A long corridor.",
  video_url: "https://example.com/corridor.mp4",
});
send(url, { method: "POST", headers }, body, (answer) => follow(JSON.parse(answer)));
