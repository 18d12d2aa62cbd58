// Tacit: attaching pictures, voice notes, films and files. Loaded where something can be said. Without it, a page of its own
// attaches to one's own words.
(() => {
	"use strict";
	const template = (name) => document.getElementById("attach-" + name)?.content.firstElementChild;
	if (!template("tools")) return;
	const MB = 1048576, PIECE = 2 * MB, OPENED = ["image/jpeg", "image/png", "image/webp"], MOST = 10;
	const make = (name) => template(name).cloneNode(true);
	const bound = (type) => ({ image: 20, audio: 20, video: 100 })[type.split("/")[0]] || 25;
	const size = (n) => n < 1e6 ? Math.ceil(n / 1e3) + " kB" : (n / 1e6).toFixed(1) + " MB";
	const clock = (s) => Math.floor(s / 60) + ":" + String(Math.floor(s % 60)).padStart(2, "0");
	const key = () => Date.now() + "-" + Math.random().toString(36).slice(2);
	const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); addEventListener("online", done, { once: true }) });

	// Asking the place: again and again while there is no line, a few times while it cannot, never when it says no.
	const ask = async (item, path, init) => {
		for (let tries = 0, wait = 1; ; wait = Math.min(wait * 2, 15)) {
			let answer, why = "";
			try {
				answer = await fetch(path, { credentials: "same-origin", signal: item.gone.signal, ...init, headers: { Accept: "application/json", ...init.headers } });
			} catch (error) { if (item.gone.signal.aborted) throw error }
			if (answer?.ok || answer?.status === 409) return item.desk.say(""), answer;
			if (answer) {
				try { why = (await answer.json()).detail } catch { /* no sentence */ }
				if (answer.status !== 429 && (answer.status < 500 || ++tries > 2)) throw new Error(why);
			}
			item.desk.say(why || "waiting");
			await pause(Number(answer?.headers.get("Retry-After")) || wait);
		}
	};
	const send = async (item) => {
		const { file } = item, type = file.type.split(";")[0];
		if (!item.id) {
			const body = new URLSearchParams({ name: file.name.slice(0, 200) || "file", size: file.size, type, once: item.once });
			item.id = (await (await ask(item, "/attachments", { method: "POST", body })).json()).id;
		}
		for (let at = 0, whole = false; !whole;) {
			const piece = { method: "PUT", body: file.slice(at, at + PIECE), headers: { "Upload-Offset": at } };
			({ got: at, whole = false } = await (await ask(item, `/attachments/${item.id}/bytes`, piece)).json());
			item.progress(at / file.size);
		}
		item.whole = true;
	};

	// One thing that goes along.
	const add = async (desk, file, known) => {
		if (desk.items.size >= MOST) return desk.say("tooMany");
		const row = make("one"), get = (css) => row.querySelector(css), [alt, tick] = [get("textarea"), get(".tick input")];
		const item = { desk, file, row, alt, tick, id: known?.id, whole: !!known, once: key(), gone: new AbortController(), image: (known?.kind || file.type.split("/")[0]) === "image" };
		item.progress = (part) => { get("progress").hidden = part >= 1; get("progress").value = part };
		item.fails = (why) => { const line = get(".problem"); line.hidden = !why; line.textContent = why; get("[data-again]").hidden = !why };
		item.start = () => item.job ??= send(item).catch((error) => {
			item.job = null;
			if (!item.gone.signal.aborted) item.fails(error.message || desk.words.failed);
			throw error;
		});
		get("bdi").textContent = (known || file).name;
		get(".what span").textContent = file ? size(file.size) : "";
		get("[data-again]").onclick = () => { item.fails(""); if (!item.image) item.start().catch(() => {}) };
		get("[data-remove]").onclick = () => {
			item.gone.abort();
			if (item.id) fetch("/attachments/" + item.id, { method: "DELETE", headers: { Accept: "application/json" } }).catch(() => {});
			desk.items.delete(item);
			row.remove();
			desk.list.hidden = !desk.items.size;
			desk.first.focus();
		};
		desk.items.add(item);
		desk.list.append(row);
		desk.list.hidden = false;
		if (item.image) {
			get(".describe").hidden = false;
			alt.value = known?.alt || "";
			const needed = () => { alt.required = !tick.checked; if (tick.checked) alt.value = "" };
			tick.onchange = needed;
			alt.oninput = () => { tick.checked = false; needed() };
			needed();
		}
		if (known) return;
		if (file.size > bound(file.type) * MB) item.fails(desk.words.big);
		else if (item.image) await look(item);
		else {
			if (file.type.startsWith("audio/")) { get("audio").src = URL.createObjectURL(file); get("audio").hidden = false }
			item.start().catch(() => {});
		}
	};
	const opened = (file) => createImageBitmap(file, { imageOrientation: "from-image" });
	const drawn = (bitmap, edge) => {
		const canvas = document.createElement("canvas"), part = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
		[canvas.width, canvas.height] = [Math.max(1, Math.round(bitmap.width * part)), Math.max(1, Math.round(bitmap.height * part))];
		canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
		return canvas;
	};
	const written = (canvas, item) => new Promise((done) => {
		const type = item.file.type === "image/png" ? "image/png" : "image/jpeg", name = item.file.name.replace(/\.\w+$/, "") + (type === "image/png" ? ".png" : ".jpg");
		canvas.toBlob((blob) => done(blob && new File([blob], name, { type })), type, .92);
	});
	const look = async (item) => {
		let bitmap;
		try { bitmap = await opened(item.file) } catch { return } // the place will say what it thinks of it
		// What only this device opens is written as what every device does.
		if (!OPENED.includes(item.file.type)) item.file = await written(drawn(bitmap, 2400), item) || item.file;
		const shown = item.row.querySelector(".preview"), small = drawn(bitmap, 320);
		[shown.width, shown.height] = [small.width, small.height];
		shown.getContext("2d").drawImage(small, 0, 0);
		shown.hidden = false;
		const button = item.row.querySelector("[data-cover]");
		button.hidden = false;
		button.onclick = () => cover(item);
	};

	// Covering: what is covered is six points wide, and only that is sent.
	const cover = async (item) => {
		const source = drawn(await opened(item.file), 2000), dialog = make("cover"), canvas = dialog.querySelector("canvas"), paper = canvas.getContext("2d");
		const { width, height } = source, places = [], state = dialog.querySelector("[role=status]");
		[canvas.width, canvas.height] = [width, height];
		let frame = null, from = null;
		const blur = ({ x, y, w, h }) => {
			const long = Math.max(w, h), tiny = document.createElement("canvas");
			[tiny.width, tiny.height] = [w, h].map((n) => Math.max(1, Math.round(n / long * 6)));
			const small = tiny.getContext("2d");
			small.imageSmoothingQuality = "high";
			small.drawImage(source, x, y, w, h, 0, 0, tiny.width, tiny.height);
			paper.drawImage(tiny, 0, 0, tiny.width, tiny.height, x, y, w, h);
		};
		const draw = (withFrame = true) => {
			paper.drawImage(source, 0, 0);
			places.forEach(blur);
			if (frame && withFrame) {
				paper.lineWidth = Math.max(2, width / 250);
				for (const [colour, dash] of [["#000", 0], ["#fff", width / 80]]) {
					paper.strokeStyle = colour;
					paper.setLineDash(dash ? [dash, dash] : []);
					paper.strokeRect(frame.x, frame.y, frame.w, frame.h);
				}
			}
			state.textContent = state.dataset.covered.replace("{n}", places.length);
		};
		const within = (n, most) => Math.max(0, Math.min(n, most));
		const at = ({ clientX, clientY }) => {
			const box = canvas.getBoundingClientRect();
			return [within((clientX - box.left) / box.width * width, width), within((clientY - box.top) / box.height * height, height)];
		};
		const put = () => { if (frame && frame.w > 3 && frame.h > 3) places.push(frame) };
		canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); from = at(event); frame = null };
		canvas.onpointermove = (event) => {
			if (!from) return;
			const [x, y] = at(event);
			frame = { x: Math.min(x, from[0]), y: Math.min(y, from[1]), w: Math.abs(x - from[0]), h: Math.abs(y - from[1]) };
			draw();
		};
		canvas.onpointerup = canvas.onpointercancel = (event) => { if (event.type === "pointerup") put(); from = frame = null; draw() };
		const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
		canvas.onkeydown = (event) => {
			const move = moves[event.key], step = Math.max(width, height) / 50;
			if (move) {
				frame ??= { x: width * .375, y: height * .375, w: width / 4, h: height / 4 };
				const [x, y] = event.shiftKey ? ["w", "h"] : ["x", "y"];
				frame[x] = within(frame[x] + move[0] * step, width - (x === "x" ? frame.w : frame.x));
				frame[y] = within(frame[y] + move[1] * step, height - (y === "y" ? frame.h : frame.y));
			} else if (event.key === "Enter" || event.key === " ") { put(); frame = frame && { ...frame } }
			else return;
			event.preventDefault();
			draw();
		};
		dialog.querySelector("[data-undo]").onclick = () => { places.pop(); draw() };
		dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
		dialog.querySelector("[data-done]").onclick = async () => {
			if (places.length) {
				draw(false);
				const file = await written(canvas, item);
				if (file) {
					Object.assign(item, { file, id: null, once: key(), job: null, whole: false });
					await look(item);
				}
			}
			dialog.close();
		};
		dialog.onclose = () => { dialog.remove(); item.row.querySelector("[data-cover]").focus() };
		item.row.append(dialog);
		draw();
		dialog.showModal();
		canvas.focus();
	};

	// A voice note: begun and ended by hand, listened to before it is sent.
	const record = async (desk, box) => {
		const line = box.querySelector(".recording"), time = line.querySelector("[role=timer]"), button = box.querySelector("[data-record]");
		let stream, keep = true;
		try { stream = await navigator.mediaDevices.getUserMedia({ audio: true }) } catch { return desk.say("noVoice") }
		const mimeType = ["audio/webm;codecs=opus", "audio/mp4"].find((type) => MediaRecorder.isTypeSupported(type));
		const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 48000 }), parts = [], begun = Date.now();
		const tick = setInterval(() => {
			const seconds = (Date.now() - begun) / 1000;
			time.textContent = clock(seconds);
			if (seconds > 2700) recorder.stop();
		}, 250);
		recorder.ondataavailable = ({ data }) => parts.push(data);
		recorder.onstop = () => {
			clearInterval(tick);
			stream.getTracks().forEach((track) => track.stop());
			line.hidden = true;
			button.hidden = false;
			time.textContent = "0:00";
			desk.say("");
			const type = recorder.mimeType.split(";")[0], day = new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-");
			if (keep) add(desk, new File(parts, `${desk.words.voiceName} ${day}.${type.endsWith("mp4") ? "m4a" : "webm"}`, { type }));
			button.focus();
		};
		line.querySelector("[data-stop]").onclick = () => recorder.stop();
		line.querySelector("[data-discard]").onclick = () => { keep = false; recorder.stop() };
		recorder.start(1000);
		line.hidden = false;
		button.hidden = true;
		desk.say("listening");
		line.querySelector("[data-stop]").focus();
	};

	const setUp = (place) => {
		const form = place.closest("form"), box = make("tools"), state = box.querySelector(".attach-state");
		if (!form || place.dataset.attach) return;
		place.dataset.attach = "here";
		const desk = { form, items: new Set(), list: box.querySelector(".to-attach"), words: state.dataset, first: box.querySelector("input") };
		desk.say = (what) => { state.textContent = state.dataset[what] ?? what };
		const take = (files) => [...files].forEach((file) => add(desk, file));
		box.querySelectorAll("input[type=file]").forEach((input) => { input.onchange = () => { take(input.files); input.value = "" } });
		const button = box.querySelector("[data-record]");
		button.hidden = !(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
		button.onclick = () => record(desk, box);
		form.addEventListener("paste", (event) => {
			const files = event.clipboardData?.files;
			if (files?.length && !event.clipboardData.getData("text")) { event.preventDefault(); take(files) }
		});
		form.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
		form.addEventListener("drop", (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); take(event.dataTransfer.files) } });
		// A form that came back names what it brought.
		let hidden = place.querySelector("[name=attached]");
		if (hidden) hidden.value.split(",").filter(Boolean).forEach(async (id) => {
			const answer = await fetch("/attachments/" + id, { headers: { Accept: "application/json" } }).catch(() => {});
			if (answer?.ok) add(desk, null, await answer.json());
		});
		else {
			hidden = document.createElement("input");
			[hidden.type, hidden.name] = ["hidden", "attached"];
			place.append(hidden);
		}
		hidden.value = "";
		place.append(box);
		let busy = false, ready = false;
		form.addEventListener("submit", async (event) => {
			if (ready || !desk.items.size) return;
			event.preventDefault();
			if (busy) return;
			busy = true;
			try {
				desk.say("sending");
				for (const item of desk.items) {
					if (!item.whole) await item.start();
					if (item.image) {
						const body = new URLSearchParams({ alt: item.alt.value, without_alt: item.tick.checked ? "yes" : "" });
						await ask(item, "/attachments/" + item.id, { method: "PUT", body });
					}
				}
				hidden.value = [...desk.items].map((item) => item.id).join(",");
				ready = true;
				form.requestSubmit(event.submitter);
			} catch { desk.say("failed") }
			busy = false;
		});
		addEventListener("pageshow", (event) => { if (event.persisted) { ready = false; hidden.value = ""; desk.items.clear(); desk.list.replaceChildren() } });
	};
	const visible = (within) => within.querySelectorAll?.("[data-attach]").forEach((place) => place.closest("details:not([open])") || setUp(place));
	visible(document);
	document.addEventListener("toggle", ({ target }) => target.open && visible(target), true);
})();
