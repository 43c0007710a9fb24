/*
 * report_chart.js - what the charts share: a place that is drawn again when its width changes,
 * axes, and one cursor in time for all of them, by mouse and by the arrow keys.
 */
const chart = { all: [], cursors: [], at: null, paper: false };

/* A4 within its margins, in CSS pixels. */
chart.PAPER = 690;
chart.PAPER_SMALL = 220;

/* A place for a chart; draw(svg, width, height) fills it, and again at another width. */
chart.place = (name, label, height, draw) => {
	const host = dom.el('div', { class: 'plot', 'data-chart': name });
	chart.all.push({ host, label, height, draw, width: 0 });
	return host;
};

chart.drawOne = (c) => {
	const onPaper = c.host.dataset.small ? chart.PAPER_SMALL : chart.PAPER;
	const width = chart.paper ? onPaper : c.host.clientWidth;
	if (width <= 0 || width === c.width) return;
	const height = typeof c.height === 'function' ? c.height(width) : c.height;
	c.width = width;
	chart.cursors = chart.cursors.filter((k) => k.host !== c.host);
	for (const old of c.host.querySelectorAll('svg')) old.remove();
	const svg = d3.select(c.host).insert('svg', ':first-child').attr({
		viewBox: '0 0 ' + width + ' ' + height,
		height,
		role: 'img',
		'aria-label': c.label,
	});
	c.draw(svg, width, height);
	c.host.dataset.drawn = '1';
};

chart.drawAll = () => {
	chart.all = chart.all.filter((c) => c.host.isConnected);
	chart.all.forEach(chart.drawOne);
	dom.reach();
	chart.move(chart.at);
};

/* Draw again although the width is the same. */
chart.again = (host) => {
	for (const c of chart.all) {
		if (c.host === host) {
			c.width = 0;
			chart.drawOne(c);
		}
	}
	chart.move(chart.at);
};

/* ---- axes ---- */

chart.STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800,
	21600, 43200, 86400];

/* Round times, as many as there is room for. */
chart.times = (end, room) => {
	const step = chart.STEPS.find((s) => end / s <= room) || 86400;
	return d3.range(0, end + step / 100, step);
};

chart.bottom = (svg, x, y, room) => {
	const end = x.domain()[1];
	const [left, right] = x.range();
	const anchor = (s) => (s === 0 ? 'start' : x(s) > right - 16 ? 'end' : 'middle');
	const times = chart.times(end, room || Math.max(2, (right - left) / 80));
	const g = svg.append('g').attr('class', 'axis');
	g.append('line').attr({ class: 'base', x1: left, x2: right, y1: y, y2: y });
	const tick = g.selectAll('.t').data(times).enter().append('g').attr('class', 't');
	tick.append('line').attr({ x1: x, x2: x, y1: y, y2: y + 4 });
	tick.append('text').attr({ x, y: y + 16, 'text-anchor': anchor }).text((s) => text.tick(s, end));
};

/* Lines across, from x0 to x1, with their values at the left. */
chart.left = (svg, y, values, [x0, x1], show) => {
	const g = svg.append('g').attr('class', 'axis');
	const tick = g.selectAll('.t').data(values).enter().append('g').attr('class', 't');
	tick.append('line').attr({ class: 'grid', x1: x0, x2: x1, y1: y, y2: y });
	tick.append('text').attr({ x: x0 - 6, y: (v) => y(v) + 4, 'text-anchor': 'end' }).text(show);
};

/* The powers of ten within a range of milliseconds. */
chart.decades = (low, high) => {
	const powers = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1);
	return powers.map((e) => Math.pow(10, e)).filter((v) => v >= low * 0.999 && v <= high * 1.001);
};

/* On a logarithmic scale: seconds as long as there are fewer than a thousand. */
chart.decade = (ms) => {
	if (ms >= 1e6) return text.ms(ms);
	return ms >= 1000 ? text.figures(ms / 1000) + ' s' : text.figures(ms) + ' ms';
};

/* Some round values from 0 up to the highest. */
chart.rounds = (y, n) => y.ticks(n).filter((v) => v === Math.round(v) || y.domain()[1] < 5);

/* ---- the cursor ---- */

/*
 * Follow the cursor in a chart of spans: x is its scale in seconds, box its top and bottom, say(i)
 * what is told of span i under the chart.
 */
chart.cursor = (svg, x, box, say) => {
	const { span_s: span, spans } = page.run.course;
	const host = svg.node().parentNode;
	const [left, right] = x.range();
	const [top, bottom] = box;
	const line = svg.append('line')
		.attr({ class: 'cursor', y1: top, y2: bottom, visibility: 'hidden' });
	svg.append('rect')
		.attr({ class: 'catch', x: left, y: top, width: Math.max(0, right - left), height: bottom - top })
		.on('mousemove', function at() {
			const t = x.invert(d3.mouse(this)[0]);
			chart.move(Math.max(0, Math.min(spans - 1, Math.floor(t / span))));
		})
		.on('mouseleave', () => chart.move(null));
	chart.readout(host);
	chart.cursors.push({ host, line, x: (i) => x((i + 1) * span), say });
};

/* The line under a chart that tells what is at the cursor; keys move it. */
chart.readout = (host) => {
	if (host.querySelector('.readout')) return;
	host.tabIndex = 0;
	host.setAttribute('role', 'group');
	const label = host.querySelector('svg').getAttribute('aria-label');
	host.setAttribute('aria-label', label + '. Arrow keys move in time.');
	const out = dom.el('p', { class: 'readout', 'aria-live': 'off' });
	host.append(out);
	host.addEventListener('focus', () => out.setAttribute('aria-live', 'polite'));
	host.addEventListener('blur', () => {
		out.setAttribute('aria-live', 'off');
		chart.move(null);
	});
	host.addEventListener('keydown', chart.key);
};

chart.key = (e) => {
	const last = page.run.course.spans - 1;
	const at = chart.at === null ? -1 : chart.at;
	const to = {
		ArrowRight: at + 1,
		ArrowLeft: at - 1,
		PageDown: at + 10,
		PageUp: at - 10,
		Home: 0,
		End: last,
	}[e.key];
	if (e.key === 'Escape') chart.move(null);
	if (to === undefined || e.target !== e.currentTarget) return;
	e.preventDefault();
	chart.move(Math.max(0, Math.min(last, to)));
};

/* To a span, or away. */
chart.move = (i) => {
	const span = page.run.course ? page.run.course.span_s : 1;
	chart.at = i;
	for (const c of chart.cursors) {
		const px = i === null ? 0 : c.x(i);
		c.line.attr({ x1: px, x2: px, visibility: i === null ? 'hidden' : null });
		const out = c.host.querySelector('.readout');
		if (out) out.textContent = i === null ? '' : 'At ' + text.s((i + 1) * span) + ': ' + c.say(i);
	}
};

/* ---- steps of bars and lines over spans ---- */

/* A path of rectangles' tops: value i lasts from span i's beginning to its end. */
chart.area = (values, x, y, span) => {
	const zero = y(0);
	let d = 'M' + x(0) + ',' + zero;
	values.forEach((v, i) => {
		d += 'V' + y(v).toFixed(1) + 'H' + x((i + 1) * span).toFixed(1);
	});
	return d + 'V' + zero + 'Z';
};

/* The same without its sides and its ground. */
chart.stairs = (values, x, y, span) => values.map((v, i) => (i ? 'V' : 'M' + x(0) + ',') +
	y(v).toFixed(1) + 'H' + x((i + 1) * span).toFixed(1)).join('');

/* A line through the middles of the spans that have a value. */
chart.line = (values, x, y, span) => d3.svg.line()
	.defined((v) => v != null)
	.x((v, i) => x((i + 0.5) * span))
	.y((v) => y(v))(values);

/* The scale of time of the whole run. */
chart.time = (left, right) => {
	const { span_s: span, spans } = page.run.course;
	return d3.scale.linear().domain([0, spans * span]).range([left, right]);
};

/*
 * A chart of something per second: areas and lines (stairs) over the spans, a limit perhaps.
 * What: {left, ticks, room, areas: [[class, values]], line, limit, show(v), say(i)}.
 */
chart.rates = (name, label, height, what) => chart.place(name, label, height, (svg, width, h) => {
	const span = page.run.course.span_s;
	const x = chart.time(what.left, width - 8);
	const ground = h - 24;
	const all = [...what.areas.map(([, values]) => values), what.line || []];
	const top = Math.max(what.limit || 0, ...all.map((values) => d3.max(values) || 0)) || 1;
	const y = d3.scale.linear().domain([0, top]).nice(what.ticks).range([ground, 8]);
	const values = what.ticks > 2 ? chart.rounds(y, what.ticks) : y.domain();
	for (const [cls, rates] of what.areas)
		svg.append('path').attr({ class: 'counts ' + cls, d: chart.area(rates, x, y, span) });
	if (what.line)
		svg.append('path').attr({ class: 'line thin', d: chart.stairs(what.line, x, y, span) });
	chart.left(svg, y, values, x.range(), what.show);
	if (what.limit) {
		const at = y(what.limit);
		svg.append('line').attr({ class: 'limit', x1: what.left, x2: width - 8, y1: at, y2: at });
	}
	chart.bottom(svg, x, ground, what.room);
	chart.cursor(svg, x, [8, ground], what.say);
});
