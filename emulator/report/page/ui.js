// ui.js - the live page: asks once a second what has changed, and shows it.
import { FAILED, Kinds, WALKING } from './ui_kinds.js';
import { Phone } from './ui_phone.js';
import { figures, failed, legend, legendMake, phoneButtons, status, steps } from './ui_side.js';
import { Tiles } from './ui_tiles.js';
import { byId, count, el, plural, put } from './ui_text.js';

const SECOND = 1000, MATCHES = 60;
const root = document.documentElement;

class Page {
	constructor(run) {
		this.run = run;
		this.kinds = new Kinds(run);
		this.tiles = new Tiles(byId('tiles'), this.kinds, run);
		this.phone = new Phone(run, this.kinds, () => this.closed());
		this.chosen = new Set(); // kinds that are shown in full; none: all
		this.retrying = false;
		this.group = -1;
		this.paused = this.ended = this.lost = false;
		this.summary = null;
		this.places = new Uint8Array(4 * run.phones);
	}

	begin() {
		const run = this.run, facts = [run.scenario, 'pool ' + run.pool, 'seed ' + run.seed,
			plural(run.phones, 'phone', 'phones')];
		if (run.rehearsal)
			facts.push('a rehearsal: its time is virtual');
		put(byId('title'), run.title || run.scenario);
		document.title = (run.title || run.scenario) + ' – cx700farm';
		put(byId('facts'), facts.join(' · '));
		legendMake(this.kinds, i => this.toggle(i));
		byId('number').max = run.phones - 1;
		for (const g of run.groups)
			byId('group').append(el('option', { value: g.first }, g.name));
		if (run.groups.length > 0) {
			byId('group').prepend(el('option', { value: -1, selected: true }, 'all'));
			byId('groups').hidden = false;
		}
		this.room();
		this.listen();
		this.tick();
	}

	// ---- asking ----

	async ask() {
		const summary = await (await fetch('/summary')).json();
		const state = await fetch('/state');
		if (!state.ok)
			throw new Error('no state');
		const bytes = await state.arrayBuffer(), head = new DataView(bytes, 0, 16);
		if (head.getUint32(0, true) !== 1 || head.getUint32(4, true) !== this.run.phones)
			throw new Error('another run');
		this.summary = summary;
		this.places = new Uint8Array(bytes, 16);
		this.ended = summary.end !== null;
	}

	async tick() {
		if (!this.paused && !document.hidden) {
			try {
				await this.ask();
				await this.phone.refresh();
				this.lost = false;
			} catch (e) {
				this.lost = true;
			}
			this.show();
		}
		// Between its end and its last breath a run is asked at once: nobody answers later.
		if (!this.ended)
			setTimeout(() => this.tick(), SECOND);
	}

	// ---- showing ----

	show() {
		status(this.summary, this.paused, this.lost && !this.ended);
		if (!this.summary)
			return;
		this.tiles.show(this.places);
		this.count();
		figures(this.summary);
		steps(this.run, this.summary);
		root.dataset.ready = '1';
		root.dataset.ticks = Number(root.dataset.ticks || 0) + 1;
		if (this.ended)
			root.dataset.ended = '1';
	}

	// One walk over all phones for everything that is counted of them.
	count() {
		const counts = new Array(this.kinds.list.length).fill(0), lost = [], shown = [];
		let n = 0;
		for (let i = 0; i < this.run.phones; i++) {
			const p = this.tiles.place(i);
			counts[p.kind]++;
			if (p.state === FAILED)
				lost.push({ number: i, row: p.row, why: p.why });
			if (this.tiles.wanted && this.tiles.wanted(i, p) && n++ < MATCHES)
				shown.push(i);
		}
		legend(counts, this.chosen);
		failed(this.run, lost, i => this.openPhone(i));
		this.matches(shown, n);
	}

	matches(shown, n) {
		const box = byId('matches'), filtered = this.tiles.wanted !== null;
		put(byId('shown'), filtered ? count(n) + ' of ' + plural(this.run.phones, 'phone', 'phones') : '');
		const mark = filtered ? shown.join() + '/' + n : '';
		if (box.dataset.mark === mark)
			return;
		box.dataset.mark = mark;
		box.replaceChildren(...(filtered ? phoneButtons(shown, n, MATCHES, i => this.openPhone(i)) : []));
	}

	room() {
		const canvas = byId('tiles'), top = canvas.getBoundingClientRect().top + scrollY;
		this.tiles.layout(byId('field').clientWidth, Math.max(260, innerHeight - top - 72));
		if (this.summary)
			this.count();
	}

	// ---- filters ----

	filter() {
		const { chosen, retrying, group, run } = this;
		const end = group < 0 ? 0 : (run.groups.find(g => g.first > group) || { first: run.phones }).first;
		const any = chosen.size > 0 || retrying || group >= 0;
		this.tiles.wanted = !any ? null : (i, p) =>
			(chosen.size === 0 || chosen.has(p.kind)) &&
			(!retrying || (p.state === WALKING && p.lost > 0)) &&
			(group < 0 || (i >= group && i < end));
		byId('failures').setAttribute('aria-pressed', chosen.size === 1 && chosen.has(this.kinds.failed));
		byId('retrying').setAttribute('aria-pressed', retrying);
		this.tiles.repaint();
		this.count();
	}

	toggle(kind) {
		if (!this.chosen.delete(kind))
			this.chosen.add(kind);
		this.filter();
	}

	failures() {
		const only = this.chosen.size === 1 && this.chosen.has(this.kinds.failed);
		this.chosen = new Set(only ? [] : [this.kinds.failed]);
		this.filter();
	}

	all() {
		this.chosen = new Set();
		this.retrying = false;
		this.group = -1;
		byId('group').value = '-1';
		this.filter();
	}

	// ---- one phone ----

	async openPhone(i) {
		if (!(i >= 0 && i < this.run.phones))
			return;
		this.tiles.mark(i);
		this.tiles.at = i;
		try {
			await this.phone.open(i);
		} catch (e) {
			const text = 'Nobody answers any more: see the report of the run.';
			this.phone.say(i, this.describe(i), text);
		}
		this.room();
	}

	closed() {
		this.tiles.mark(-1);
		this.room();
		byId('tiles').focus({ preventScroll: true });
	}

	describe(i) {
		const p = this.tiles.place(i), kind = this.kinds.list[p.kind], row = this.run.rows[p.row];
		const where = kind.stage ? row.name + ' (' + kind.name + ')'
			: kind.name + (p.state === FAILED ? ' at ' + row.name : '');
		const why = p.why > 0 && this.run.reasons[p.why] ? ', ' + this.run.reasons[p.why] : '';
		return 'Phone ' + i + ': ' + where + why +
			(p.lost > 0 ? ', ' + plural(p.lost, 'try', 'tries') + ' lost' : '');
	}

	// ---- what people do ----

	listen() {
		const canvas = byId('tiles');
		canvas.addEventListener('click', e => {
			const i = this.tiles.hit(e.offsetX, e.offsetY);
			if (i >= 0)
				this.openPhone(i);
		});
		canvas.addEventListener('mousemove', e => this.hover(e));
		canvas.addEventListener('mouseleave', () => { byId('tip').hidden = true; });
		canvas.addEventListener('keydown', e => this.key(e));
		canvas.addEventListener('blur', () => this.tiles.repaint());
		byId('filters').addEventListener('submit', e => {
			e.preventDefault();
			if (byId('number').value !== '')
				this.openPhone(byId('number').valueAsNumber);
		});
		byId('failures').addEventListener('click', () => this.failures());
		byId('retrying').addEventListener('click', () => this.losing());
		byId('all').addEventListener('click', () => this.all());
		byId('group').addEventListener('change', e => {
			this.group = Number(e.target.value);
			this.filter();
		});
		byId('pause').addEventListener('click', () => this.pause());
		byId('theme').addEventListener('click', () => this.theme());
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.tiles.repaint());
		addEventListener('resize', () => this.room());
		document.addEventListener('keydown', e => this.shortcut(e));
	}

	hover(e) {
		const i = this.tiles.hit(e.offsetX, e.offsetY), tip = byId('tip');
		tip.hidden = i < 0;
		if (i < 0)
			return;
		put(tip, this.describe(i));
		const right = byId('field').clientWidth - tip.offsetWidth;
		tip.style.left = Math.max(0, Math.min(e.offsetX + 14, right)) + 'px';
		tip.style.top = e.target.offsetTop + e.offsetY + 18 + 'px';
	}

	key(e) {
		if (e.key === 'Enter' || e.key === ' ')
			this.openPhone(this.tiles.at);
		else if (this.tiles.step(e.key))
			put(byId('told'), this.describe(this.tiles.at));
		else
			return;
		e.preventDefault();
	}

	shortcut(e) {
		const typing = e.target.closest && e.target.closest('input, select');
		const does = { f: () => this.failures(), r: () => this.losing(), a: () => this.all(),
			p: () => this.pause(), t: () => this.theme() }[e.key];
		if (e.key === 'Escape' && this.phone.number >= 0)
			this.phone.close();
		else if (does && !typing && !e.ctrlKey && !e.metaKey && !e.altKey)
			does();
	}

	losing() {
		this.retrying = !this.retrying;
		this.filter();
	}

	pause() {
		this.paused = !this.paused;
		byId('pause').setAttribute('aria-pressed', this.paused);
		put(byId('pause'), this.paused ? 'Go on' : 'Pause');
		this.show();
	}

	theme() {
		const next = { '': 'light', light: 'dark', dark: '' }[root.dataset.theme || ''];
		if (next)
			root.dataset.theme = next;
		else
			delete root.dataset.theme;
		put(byId('theme'), 'Theme: ' + (next || 'system'));
		this.tiles.repaint();
	}
}

async function main() {
	let run;
	try {
		run = await (await fetch('/run')).json();
	} catch (e) {
		status(null, false, true);
		setTimeout(main, SECOND);
		return;
	}
	new Page(run).begin();
}

main();
