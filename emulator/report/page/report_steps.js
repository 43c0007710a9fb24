/* report_steps.js - each step of the way: how many took it, and how long it took. */
const steps = {};

steps.walked = (run) => run.summary.steps.filter((s) => s.attempts > 0 || s.done > 0 || s.failed > 0);

steps.guide = (s) => (!s.guide ? text.none : s.guide[0] === s.guide[1] ? String(s.guide[0]) : s.guide[0] + '–' + s.guide[1]);

/* One logarithmic scale for all bands, from the fastest median to the slowest of all. */
steps.scale = (list) => {
	const some = list.filter((s) => s.latency_ms.max != null);
	const low = d3.min(some, (s) => Math.max(s.latency_ms.p50, 0.01)) || 1;
	const high = d3.max(some, (s) => s.latency_ms.max) || 1000;
	return d3.scale.log().domain([low / 1.3, Math.max(high * 1.3, low * 10)]).range([0, 100]);
};

/* Thin: median to slowest; thick: median to p95; a mark each at the median and at p99. */
steps.band = (s, x) => {
	const { p50, p95, p99, max } = s.latency_ms;
	if (max == null) return '';
	const at = (v) => Math.max(0, Math.min(100, x(Math.max(v, 0.01))));
	const svg = d3.select(document.createElementNS('http://www.w3.org/2000/svg', 'svg')).attr({
		class: 'band',
		role: 'img',
		'aria-label': 'median ' + text.ms(p50) + ', p95 ' + text.ms(p95) + ', p99 ' + text.ms(p99) + ', slowest ' + text.ms(max),
	});
	svg.selectAll('.grid').data(chart.decades(...x.domain())).enter().append('line')
		.attr({ class: 'grid', x1: (v) => at(v) + '%', x2: (v) => at(v) + '%', y1: 0, y2: 22 });
	svg.append('line').attr({ class: 'thin', x1: at(p50) + '%', x2: at(max) + '%', y1: 11, y2: 11 });
	svg.append('line').attr({ class: 'thick', x1: at(p50) + '%', x2: at(p95) + '%', y1: 11, y2: 11 });
	svg.append('line').attr({ class: 'mark', x1: at(p99) + '%', x2: at(p99) + '%', y1: 5, y2: 17 });
	svg.append('circle').attr({ class: 'median', cx: at(p50) + '%', cy: 11, r: 4 });
	return svg.node();
};

/* The scale of the bands, in the head of their column. */
steps.ruler = (x) => {
	const values = chart.decades(...x.domain());
	const thin = values.length > 4 ? values.filter((v, i) => i % 2 === 0) : values;
	return dom.el('span', { class: 'ruler' }, thin.map((v) => {
		const label = dom.el('span', {}, chart.decade(v));
		label.style.left = x(v) + '%';
		return label;
	}));
};

steps.columns = (x) => {
	const n = (name, key, title) => ({ name, number: true, title, get: (s) => s[key], show: (s) => text.count(s[key]) });
	const ms = (key) => ({ name: key, number: true, get: (s) => s.latency_ms[key], show: (s) => text.ms(s.latency_ms[key]) });
	const bad = (key) => ({ ...n(key[0].toUpperCase() + key.slice(1), key), cls: (s) => (s[key] > 0 ? 'warn' : null) });
	return [
		{ name: 'Step', get: (s) => s.name, show: (s) => dom.code(s.name) },
		{ name: 'Guide', number: true, title: 'numbers of the guide that it covers', get: (s) => s.guide && s.guide[0], show: steps.guide },
		{ name: 'Stage', get: (s) => s.stage },
		n('Done', 'done'),
		bad('failed'),
		n('Skipped', 'skipped', 'did not apply to the phone'),
		bad('retries'),
		ms('p50'), ms('p95'), ms('p99'), ms('max'),
		{ name: ['Latency ', steps.ruler(x)], show: (s) => steps.band(s, x), cls: () => 'bandcell' },
	];
};

steps.finding = (list) => {
	const timed = list.filter((s) => s.latency_ms.p99 != null && s.name !== 'user_enters');
	if (!timed.length) return '';
	const slow = timed.reduce((a, b) => (b.latency_ms.p99 > a.latency_ms.p99 ? b : a));
	return [' The slowest, by p99, was ', dom.code(slow.name), ' (' + text.ms(slow.latency_ms.p99) + ').'];
};

steps.table = (run) => {
	const list = steps.walked(run);
	const rest = run.summary.steps.filter((s) => !list.includes(s));
	const x = steps.scale(list);
	const s = dom.section('steps', 'Steps',
		dom.aid('A line for each exchange with a server, from its first try’s start to its end, pauses between tries included. ',
			'The dot is the median, the thick bar reaches to p95, the tick is p99, the thin line ends at the slowest; the scale is logarithmic.',
			steps.finding(list)),
		dom.table('Steps of the way', steps.columns(x), list, { sorts: true, cls: 'steps', row: (r) => ({ 'data-step': r.name }) }));
	if (rest.length)
		s.append(dom.p('aside', 'Not walked in this run: ', rest.map((r, i) => [i ? ', ' : '', dom.code(r.name)]), '.'));
	s.append(steps.coverage(run));
};

/* How far the phones came on the guide's own page. */
steps.coverage = (run) => {
	const guide = Object.entries(run.summary.guide).map(([number, n]) => ({ number: Number(number), n }));
	const walked = guide.filter((g) => g.n > 0).length;
	const place = chart.place('guide', 'Phones that completed each number of the guide', 130, (svg, width, height) => {
		const x = d3.scale.ordinal().domain(guide.map((g) => g.number)).rangeBands([44, width - 4], 0.25);
		const y = d3.scale.linear().domain([0, Math.max(1, d3.max(guide, (g) => g.n))]).range([height - 22, 16]);
		chart.left(svg, y, [0, y.domain()[1]], 44, width - 4, text.count);
		svg.selectAll('.bar').data(guide).enter().append('rect').attr({
			class: 'bar',
			x: (g) => x(g.number),
			width: x.rangeBand(),
			y: (g) => y(g.n),
			height: (g) => y(0) - y(g.n),
		}).append('title').text((g) => 'guide ' + g.number + ': ' + text.many(g.n, 'phone'));
		svg.append('g').attr('class', 'axis').selectAll('text').data(guide).enter().append('text')
			.attr({ x: (g) => x(g.number) + x.rangeBand() / 2, y: height - 6, 'text-anchor': 'middle' })
			.text((g) => (width > 560 || g.number % 4 === 0 || g.number === 1 ? g.number : ''));
	});
	return dom.el('div', { class: 'sub' },
		dom.el('h3', {}, 'The guide’s numbers'),
		dom.aid('How many phones completed each number of the guide’s page at least once: ' + walked + ' of ' + guide.length + ' were reached; a skipped one does not count.'),
		place,
		dom.details('Table', () => dom.table('Phones by number of the guide', [
			{ name: 'Guide', number: true, get: (g) => g.number },
			{ name: 'Phones', number: true, get: (g) => g.n, show: (g) => text.count(g.n) },
		], guide, { cls: 'tight fit', sorts: true })));
};
