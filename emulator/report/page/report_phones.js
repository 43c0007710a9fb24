/* report_phones.js - where the phones were over time, and when they were ready. */
const phones = {};

/* Below the stages of the way: [member of the course, its name, its class]. */
phones.ENDS = [
	['failed', 'failed', 'failed'],
	['off', 'without power', 'off'],
	['signed_out', 'signed out', 'out'],
	['finished', 'finished', 'finished'],
	['staying', 'arrived, staying', 'staying'],
];

/*
 * Bottom first: what went wrong has the straight base line, who has arrived comes next, and on
 * top of them the stages of the way, the last one first: phones sink as they get on.
 */
phones.layers = ({ phones: p, stages }) => {
	const ends = phones.ENDS.map(([key, name, cls]) => ({ name, cls, values: p[key] || [] }));
	const shade = (i) => 's' + Math.round((i * 9) / Math.max(1, stages.length - 1));
	const road = stages.map((name, i) => ({ name, cls: shade(i), values: p.stage[name] || [] }));
	return [...ends, ...road.reverse()].filter((layer) => layer.values.some((v) => v > 0));
};

/* Where the most are. */
phones.peak = (values) => values.reduce((best, v, i) => (v > values[best] ? i : best), 0);

/* Each layer gets its lower and upper edge; returns the height of all. */
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

/* How much room a layer has between two spans. */
phones.between = (layer, y, first, last) => {
	const spans = d3.range(first, last + 1);
	const top = d3.max(spans, (i) => y(layer.y1[i]));
	const bottom = d3.min(spans, (i) => y(layer.y0[i]));
	return { room: bottom - top, y: (top + bottom) / 2 };
};

/* Where a layer has most room for a text so wide, next to the middle if there is as much; or
 * null. */
phones.room = (layer, x, y, span, width) => {
	const half = Math.ceil(width / 2 / (x(span) - x(0)));
	let best = null;
	for (let i = half; i + half < layer.values.length; i++) {
		const at = phones.between(layer, y, i - half, i + half);
		const off = Math.abs(2 * i - layer.values.length);
		const better = !best || at.room > best.room + 1 || (at.room > best.room - 1 && off < best.off);
		if (better) best = { ...at, off, x: x((i + 1) * span) };
	}
	return best && best.room >= 15 ? best : null;
};

/* What is in a layer is written into it. */
phones.label = (svg, layer, x, y, span) => {
	const at = phones.room(layer, x, y, span, layer.name.length * 7);
	if (!at) return;
	svg.append('text').attr({ class: 'inside', x: at.x, y: at.y + 4, 'text-anchor': 'middle' })
		.text(layer.name);
};

/* Two of the classes are told by a pattern too. */
phones.hatches = (svg) => {
	const defs = svg.append('defs');
	for (const cls of ['failed', 'out']) {
		const p = defs.append('pattern').attr({ id: 'hatch-' + cls, width: 6, height: 6 })
			.attr({ patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
		p.append('rect').attr({ class: 'fill-' + cls, width: 6, height: 6 });
		p.append('line').attr({ class: 'hatch', x1: 0, x2: 0, y1: 0, y2: 6 });
	}
};

/* The layers that have somebody at that span, as they lie, top first. */
phones.say = (layers) => (i) => layers.filter((layer) => layer.values[i] > 0).reverse()
	.map((layer) => layer.name + ' ' + text.count(layer.values[i])).join(', ') || 'no phone is on';

phones.draw = (course, layers) => (svg, width, height) => {
	const span = course.span_s;
	const top = phones.stack(course, layers);
	const x = chart.time(52, width - 8);
	const y = d3.scale.linear().domain([0, top]).nice().range([height - 24, 8]);
	const area = d3.svg.area().x((v, i) => x(i * span)).y0((v) => y(v[0])).y1((v) => y(v[1]));
	phones.hatches(svg);
	svg.selectAll('.layer').data(layers).enter().append('path').attr({
		class: (layer) => 'layer fill-' + layer.cls,
		d: (layer) => area([[0, 0], ...d3.zip(layer.y0, layer.y1)]),
	});
	chart.left(svg, y, chart.rounds(y, 5), x.range(), text.count);
	layers.forEach((layer) => phones.label(svg, layer, x, y, span));
	chart.bottom(svg, x, height - 24);
	chart.cursor(svg, x, [8, height - 24], phones.say(layers));
};

phones.finding = ({ phones: p, stages, span_s: span }) => {
	const way = p.started.map((v, i) => d3.sum(stages, (stage) => p.stage[stage][i]));
	const i = phones.peak(way);
	if (!way[i]) return '';
	const when = text.s((i + 1) * span);
	return 'Most phones were on their way at ' + when + ': ' + text.count(way[i]) + '.';
};

phones.table = (course, layers) => {
	const swatch = (l) => dom.el('span', { class: 'swatch back-' + l.cls, 'aria-hidden': 'true' });
	const when = (i) => text.s((i + 1) * course.span_s);
	return dom.table('Where the phones were', [
		{ name: 'Where', get: (l) => l.name, show: (l) => [swatch(l), l.name] },
		dom.n('Most at once', (l) => d3.max(l.values)),
		dom.n('at', (l) => phones.peak(l.values), when),
		dom.n('At the end', (l) => l.values[course.spans - 1]),
	], layers.slice().reverse(), { cls: 'tight' });
};

phones.over = ({ course }) => {
	const layers = phones.layers(course);
	const height = (width) => (width < 600 ? 260 : 360);
	dom.section('phones', 'Phones over time',
		dom.aid('The height is the number of phones that have been switched on; ',
			'each colour is where they are, ',
			'and a phone moves down through the colours as it gets on. ', phones.finding(course)),
		dom.el('div', { class: 'beside' },
			chart.place('phones', 'Phones over time by stage, stacked', height,
				phones.draw(course, layers)),
			phones.table(course, layers)));
};

/* ---- how long it took them ---- */

phones.NAMES = {
	p50: 'half of them (p50)', p90: '90 % (p90)', p95: '95 % (p95)', p99: '99 % (p99)',
	'p99.9': '99.9 % (p99.9)', max: 'all (max)',
};

/* [milliseconds, share of the phones that were ready by then] */
phones.shares = (hist) => {
	const all = d3.sum(hist, (b) => b[1]);
	let so = 0;
	return hist.map(([us, n]) => [us / 1000, (so += n) / all]);
};

phones.drawBoot = (intended, actual) => (svg, width, height) => {
	const end = Math.max(intended[intended.length - 1][0], 1) / 1000;
	const x = d3.scale.linear().domain([0, end * 1.02]).range([52, width - 12]);
	const y = d3.scale.linear().domain([0, 1]).range([height - 24, 8]);
	const line = (shares) => 'M' + x(0) + ',' + y(0) + shares.map(([ms, share]) => (
		'H' + x(ms / 1000).toFixed(1) + 'V' + y(share).toFixed(1))).join('');
	chart.left(svg, y, [0, 0.25, 0.5, 0.75, 1], x.range(), (v) => 100 * v + ' %');
	chart.bottom(svg, x, height - 24);
	svg.append('path').attr({ class: 'line second', d: line(actual) });
	svg.append('path').attr({ class: 'line first', d: line(intended) });
};

phones.bootTable = (boot) => {
	const key = (cls) => dom.el('span', { class: 'key ink ' + cls, 'aria-hidden': 'true' });
	const { from_intended_start: intended, from_actual_start: actual } = boot;
	return dom.table('Time from power-on to ready', [
		{ name: 'Phones', get: (p) => p, show: (p) => phones.NAMES[p] || p },
		dom.n([key('first'), 'from intended start'], (p) => intended[p], text.ms),
		dom.n([key('second'), 'from actual start'], (p) => actual[p], text.ms),
	], Object.keys(intended), { cls: 'tight' });
};

phones.boot = (run) => {
	const { boot_intended: intended, boot_actual: actual } = run.course.hist;
	if (!intended || !intended.length || !actual || !actual.length) return;
	dom.section('ready', 'Time to ready',
		dom.aid('How large a share of the phones that arrived was ready how long after power-on. ',
			'“Intended” counts from when the scenario wanted the phone on, ',
			'so a farm or a start that lags cannot flatter the pool.'),
		dom.el('div', { class: 'beside' },
			chart.place('boot', 'Share of the phones that were ready, by time since power-on', 240,
				phones.drawBoot(phones.shares(intended), phones.shares(actual))),
			phones.bootTable(run.summary.boot_ms)));
};
