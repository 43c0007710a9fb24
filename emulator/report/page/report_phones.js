/* report_phones.js - where the phones were over time, and when they were ready. */
const phones = {};

/* Bottom first: what went wrong has the straight base line, who has arrived comes next, and on
 * top of them the stages of the way, the last one first: phones sink as they get on. */
phones.layers = (course) => {
	const p = course.phones;
	const n = course.stages.length;
	const some = (a) => a && a.some((v) => v > 0);
	const ends = [
		['failed', 'failed', 'failed'],
		['off', 'without power', 'off'],
		['signed_out', 'signed out', 'out'],
		['finished', 'finished', 'finished'],
		['staying', 'arrived, staying', 'staying'],
	].map(([key, name, cls]) => ({ key, name, cls, values: p[key] || [] }));
	const road = course.stages.map((stage, i) => ({
		key: stage,
		name: 'on the way: ' + stage,
		cls: 's' + Math.round((i * 9) / Math.max(1, n - 1)),
		values: p.stage[stage] || [],
	}));
	return [...ends, ...road.reverse()].filter((layer) => some(layer.values));
};

phones.short = (layer) => layer.name.replace('on the way: ', '');

phones.peak = (values) => values.reduce((best, v, i) => (v > values[best] ? i : best), 0);

phones.stack = (course, layers) => {
	const from = new Array(course.spans).fill(0);
	for (const layer of layers) {
		layer.y0 = from.slice();
		layer.values.forEach((v, i) => {
			from[i] += v;
		});
		layer.y1 = from.slice();
	}
	return Math.max(1, d3.max(from), d3.max(course.phones.started));
};

/* Where a band has most room for a text so wide, next to the middle if there is as much: the
 * middle of the text, or null. */
phones.room = (layer, x, y, span, width) => {
	const half = Math.ceil(width / 2 / (x(span) - x(0)));
	let best = null;
	for (let i = half; i + half < layer.values.length; i++) {
		let top = -Infinity;
		let bottom = Infinity;
		for (let k = i - half; k <= i + half; k++) {
			top = Math.max(top, y(layer.y1[k]));
			bottom = Math.min(bottom, y(layer.y0[k]));
		}
		const off = Math.abs(2 * i - layer.values.length);
		const room = bottom - top;
		if (!best || room > best.room + 1 || (room > best.room - 1 && off < best.off)) best = { room, off, x: x((i + 1) * span), y: (top + bottom) / 2 };
	}
	return best && best.room >= 15 ? best : null;
};

/* What is in a band is written into it where it is thickest. */
phones.label = (svg, layer, x, y, span) => {
	const words = phones.short(layer);
	const at = phones.room(layer, x, y, span, words.length * 7);
	if (at) svg.append('text').attr({ class: 'inside', x: at.x, y: at.y + 4, 'text-anchor': 'middle' }).text(words);
};

phones.hatches = (svg) => {
	const defs = svg.append('defs');
	for (const cls of ['failed', 'out']) {
		const p = defs.append('pattern').attr({ id: 'hatch-' + cls, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
		p.append('rect').attr({ class: 'fill-' + cls, width: 6, height: 6 });
		p.append('line').attr({ class: 'hatch', x1: 0, x2: 0, y1: 0, y2: 6 });
	}
};

phones.draw = (course, layers) => (svg, width, height) => {
	const span = course.span_s;
	const top = phones.stack(course, layers);
	const x = d3.scale.linear().domain([0, course.spans * span]).range([52, width - 8]);
	const y = d3.scale.linear().domain([0, top]).nice().range([height - 24, 8]);
	const area = d3.svg.area()
		.x((v, i) => x(i * span))
		.y0((v) => y(v[0]))
		.y1((v) => y(v[1]));
	phones.hatches(svg);
	svg.selectAll('.layer').data(layers).enter().append('path').attr({
		class: (layer) => 'layer fill-' + layer.cls,
		d: (layer) => area([[0, 0], ...d3.zip(layer.y0, layer.y1)]),
	});
	chart.left(svg, y, chart.rounds(y, 5), 52, width - 8, text.count);
	layers.forEach((layer) => phones.label(svg, layer, x, y, span));
	chart.bottom(svg, x, height - 24);
	chart.cursor(svg, x, [8, height - 24], (i) => layers.slice().reverse()
		.filter((layer) => layer.values[i] > 0)
		.map((layer) => phones.short(layer) + ' ' + text.count(layer.values[i])).join(', ') || 'no phone is on');
};

phones.finding = (course) => {
	const way = course.phones.started.map((v, i) => d3.sum(course.stages, (s) => course.phones.stage[s][i]));
	const i = phones.peak(way);
	if (!way[i]) return '';
	return 'Most phones were on their way at ' + text.s((i + 1) * course.span_s) + ': ' + text.count(way[i]) + '.';
};

phones.swatch = (cls) => dom.el('span', { class: 'swatch back-' + cls, 'aria-hidden': 'true' });

phones.over = (run) => {
	const course = run.course;
	const layers = phones.layers(course);
	const last = course.spans - 1;
	const label = 'Phones over time by stage, stacked';
	dom.section('phones', 'Phones over time',
		dom.aid('The height is the number of phones that have been switched on; each colour is where they are, ',
			'and a phone moves down through the colours as it gets on. ', phones.finding(course)),
		dom.el('div', { class: 'beside' },
			chart.place('phones', label, (w) => (w < 600 ? 260 : 360), phones.draw(course, layers)),
			dom.table('Where the phones were', [
				{ name: 'Where', get: (l) => l.name, show: (l) => [phones.swatch(l.cls), phones.short(l)] },
				{ name: 'Most at once', number: true, get: (l) => d3.max(l.values), show: (l) => text.count(d3.max(l.values)) },
				{ name: 'at', number: true, get: (l) => phones.peak(l.values), show: (l) => text.s((phones.peak(l.values) + 1) * course.span_s) },
				{ name: 'At the end', number: true, get: (l) => l.values[last], show: (l) => text.count(l.values[last]) },
			], layers.slice().reverse(), { cls: 'tight' })));
};

/* ---- how long it took them ---- */

/* [milliseconds, share of the phones that were ready by then] */
phones.shares = (hist) => {
	const all = d3.sum(hist, (b) => b[1]);
	let so = 0;
	return hist.map(([us, n]) => [us / 1000, (so += n) / all]);
};

phones.key = (cls) => dom.el('span', { class: 'key ink ' + cls, 'aria-hidden': 'true' });

phones.drawBoot = (intended, actual) => (svg, width, height) => {
	const end = Math.max(intended[intended.length - 1][0], 1) / 1000;
	const x = d3.scale.linear().domain([0, end * 1.02]).range([52, width - 12]);
	const y = d3.scale.linear().domain([0, 1]).range([height - 24, 8]);
	const line = (shares) => {
		let d = 'M' + x(0) + ',' + y(0);
		for (const [ms, share] of shares) d += 'H' + x(ms / 1000).toFixed(1) + 'V' + y(share).toFixed(1);
		return d;
	};
	chart.left(svg, y, [0, 0.25, 0.5, 0.75, 1], 52, width - 12, (v) => 100 * v + ' %');
	chart.bottom(svg, x, height - 24);
	svg.append('path').attr({ class: 'line second', d: line(actual) });
	svg.append('path').attr({ class: 'line first', d: line(intended) });
};

phones.boot = (run) => {
	const { boot_intended: intended, boot_actual: actual } = run.course.hist || {};
	if (!intended || !intended.length || !actual || !actual.length) return;
	const boot = run.summary.boot_ms;
	const rows = Object.keys(boot.from_intended_start).map((key) => [key, boot.from_intended_start[key], boot.from_actual_start[key]]);
	const names = { p50: 'half of them (p50)', p90: '90 % (p90)', p95: '95 % (p95)', p99: '99 % (p99)', 'p99.9': '99.9 % (p99.9)', max: 'all (max)' };
	dom.section('ready', 'Time to ready',
		dom.aid('How large a share of the phones that arrived was ready how long after power-on. ',
			'“Intended” counts from when the scenario wanted the phone on, so a farm or a start that lags cannot flatter the pool.'),
		dom.el('div', { class: 'beside' },
			chart.place('boot', 'Share of the phones that were ready, by time since power-on', 240, phones.drawBoot(phones.shares(intended), phones.shares(actual))),
			dom.table('Time from power-on to ready', [
				{ name: 'Phones', get: (r) => r[0], show: (r) => names[r[0]] || r[0] },
				{ name: [phones.key('first'), 'from intended start'], number: true, get: (r) => r[1], show: (r) => text.ms(r[1]) },
				{ name: [phones.key('second'), 'from actual start'], number: true, get: (r) => r[2], show: (r) => text.ms(r[2]) },
			], rows, { cls: 'tight' })));
};
