// ui_tiles.js - a tile for each phone, on one canvas.  Of thousands only those that have changed
// are drawn again.
import { FAILED, WAITING, WALKING } from './ui_kinds.js';
import { count } from './ui_text.js';

const HEAD = 22; // px above a group's tiles, for its name
const DIM = 0.12;

// The largest tiles with which all groups fit the height, or the smallest that can still be seen.
function tileSize(parts, width, height, phones) {
	const least = phones > 200000 ? 2 : phones > 50000 ? 3 : 5;
	for (let size = 26; size > least; size--) {
		const columns = Math.floor(width / size);
		const rows = parts.reduce((sum, p) => sum + Math.ceil(p.phones / columns), 0);
		if (rows * size + heads(parts) <= height)
			return size;
	}
	return least;
}

const heads = parts => parts.some(p => p.name) ? parts.length * HEAD : 0;

export class Tiles {
	constructor(canvas, kinds, run) {
		this.canvas = canvas;
		this.kinds = kinds;
		this.phones = run.phones;
		this.parts = run.groups.length > 0 ? run.groups.filter(g => g.phones > 0)
			: [{ name: '', first: 0, phones: run.phones }];
		this.drawn = new Uint8Array(4 * run.phones); // what stands on the canvas
		this.at = 0; // the tile that the keyboard is at
		this.open = -1; // the one whose timeline is open
		this.wanted = null; // (number, state, row, lost) -> is it shown in full?
	}

	// Anew, for this room.
	layout(width, height) {
		const ratio = window.devicePixelRatio || 1;
		this.size = tileSize(this.parts, width, height, this.phones);
		this.columns = Math.max(1, Math.floor(width / this.size));
		let top = 0;
		for (const part of this.parts) {
			part.top = top + (heads(this.parts) > 0 ? HEAD : 0);
			top = part.top + Math.ceil(part.phones / this.columns) * this.size;
		}
		this.canvas.width = Math.round(width * ratio);
		this.canvas.height = Math.round(Math.max(1, top) * ratio);
		this.canvas.style.height = Math.max(1, top) + 'px';
		this.context = this.canvas.getContext('2d', { alpha: false });
		this.context.scale(ratio, ratio);
		this.canvas.dataset.size = this.size;
		this.canvas.dataset.columns = this.columns;
		this.height = top;
		this.width = width;
		this.repaint();
	}

	repaint() {
		const c = this.context;
		this.colours = this.kinds.colours();
		c.fillStyle = this.colours.page;
		c.fillRect(0, 0, this.width, this.height + 1);
		this.names();
		this.draw(Array.from({ length: this.phones }, (_, i) => i), true);
		this.frame(this.open, this.colours.ink);
	}

	names() {
		const c = this.context;
		c.fillStyle = this.colours.ink;
		c.font = '600 12px system-ui, sans-serif';
		c.textBaseline = 'alphabetic';
		for (const part of this.parts)
			if (part.name)
				c.fillText(part.name + ' · ' + count(part.phones), 0, part.top - 6);
	}

	// The places of all phones as they are now; draws what differs.
	show(places) {
		const old = new Uint32Array(this.drawn.buffer);
		const now = new Uint32Array(places.buffer, places.byteOffset, this.phones);
		const changed = [];
		for (let i = 0; i < this.phones; i++) {
			if (old[i] === now[i])
				continue;
			old[i] = now[i];
			changed.push(i);
		}
		this.draw(changed, false);
		this.frame(this.open, this.colours.ink);
	}

	place(i) {
		const d = this.drawn, k = 4 * i, state = d[k], row = d[k + 1];
		return { state, row, why: d[k + 2], lost: d[k + 3], kind: this.kinds.of(state, row) };
	}

	partOf(i) {
		return this.parts.find(p => i < p.first + p.phones);
	}

	corner(i) {
		const part = this.partOf(i), k = i - part.first;
		return [(k % this.columns) * this.size, part.top + Math.floor(k / this.columns) * this.size];
	}

	// All tiles of a kind together: to take another colour costs more than to draw a tile.
	draw(numbers, clean) {
		const c = this.context, sets = new Map();
		c.fillStyle = this.colours.page;
		for (const i of numbers) {
			const p = this.place(i), dim = this.wanted && !this.wanted(i, p);
			const key = 2 * p.kind + (dim ? 1 : 0), set = sets.get(key);
			p.corner = this.corner(i);
			if (!clean)
				c.fillRect(...p.corner, this.size, this.size);
			if (set)
				set.push(p);
			else
				sets.set(key, [p]);
		}
		for (const [key, set] of sets) {
			c.globalAlpha = key % 2 === 1 ? DIM : 1;
			this.fill(set, this.colours.kind[key >> 1]);
		}
		c.globalAlpha = 1;
	}

	// What matters is told by form too: a failed phone is crossed, one that loses tries is bitten.
	fill(set, colour) {
		const c = this.context, s = this.size - (this.size > 3 ? 1 : 0), hollow = s > 4;
		c.fillStyle = c.strokeStyle = colour;
		c.lineWidth = 1;
		for (const { corner: [x, y], state } of set)
			if (state === WAITING && hollow)
				c.strokeRect(x + 0.5, y + 0.5, s - 1, s - 1);
			else
				c.fillRect(x, y, s, s);
		if (set[0].state === FAILED && s > 5)
			this.cross(set, s);
		if (set[0].state === WALKING)
			this.bite(set.filter(p => p.lost > 0), s);
	}

	cross(set, s) {
		const c = this.context, a = s / 4, b = s - a;
		c.strokeStyle = this.colours.page;
		c.lineWidth = Math.max(1, s / 8);
		c.beginPath();
		for (const { corner: [x, y] } of set) {
			c.moveTo(x + a, y + a);
			c.lineTo(x + b, y + b);
			c.moveTo(x + b, y + a);
			c.lineTo(x + a, y + b);
		}
		c.stroke();
	}

	// A corner is bitten off, which shows on any colour; where there is room the bite is red.
	bite(set, s) {
		const c = this.context, d = Math.max(2, Math.round(s / 2));
		c.fillStyle = this.colours.page;
		for (const { corner: [x, y] } of set)
			c.fillRect(x + s - d, y, d, d);
		c.fillStyle = this.colours.mark;
		for (const { corner: [x, y] } of d > 2 ? set : [])
			c.fillRect(x + s - d + 1, y, d - 1, d - 1);
	}

	tile(i) {
		this.draw([i], false);
	}

	frame(i, colour) {
		if (i < 0 || i >= this.phones)
			return;
		const c = this.context, [x, y] = this.corner(i);
		const w = Math.max(1, Math.min(2, this.size / 5));
		c.strokeStyle = colour;
		c.lineWidth = w;
		c.strokeRect(x + w / 2 - 0.5, y + w / 2 - 0.5, this.size - w, this.size - w);
	}

	// Which phone is at these pixels of the canvas, or -1.
	hit(x, y) {
		const column = Math.floor(x / this.size);
		for (const p of this.parts) {
			const row = Math.floor((y - p.top) / this.size), k = row * this.columns + column;
			if (y >= p.top && column >= 0 && column < this.columns && k < p.phones)
				if (y < p.top + Math.ceil(p.phones / this.columns) * this.size)
					return p.first + k;
		}
		return -1;
	}

	mark(i) {
		const before = this.open;
		this.open = i;
		if (before >= 0)
			this.tile(before);
		this.frame(i, this.colours.ink);
	}

	// Where the keyboard goes from here.
	step(key) {
		const page = 10 * this.columns, last = this.phones - 1;
		const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns,
			PageUp: -page, PageDown: page, Home: -last, End: last }[key];
		if (by === undefined)
			return false;
		this.go(Math.min(last, Math.max(0, this.at + by)));
		return true;
	}

	go(i) {
		const before = this.at;
		this.at = i;
		this.tile(before);
		this.frame(this.open, this.colours.ink);
		this.frame(i, this.colours.mark);
	}
}
