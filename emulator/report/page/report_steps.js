/* report_steps.js - each step of the way: how many took it, and how long it took. */
const steps = {};

steps.walked = (run) => run.summary.steps.filter((s) => s.attempts + s.done + s.failed > 0);

/* "17", "18–19", "–" */
steps.guide = (s) => (s.guide ? [...new Set(s.guide)].join('–') : text.none);

/* One logarithmic scale for all bands, from the fastest median to the slowest of all. */
steps.scale = (list) => {
	const some = list.filter((s) => s.latency_ms.max != null);
	const low = d3.min(some, (s) => Math.max(s.latency_ms.p50, 0.01)) || 1;
	const high = d3.max(some, (s) => s.latency_ms.max) || 1000;
	return d3.scale.log().domain([low / 1.3, Math.max(high * 1.3, low * 10)]).range([0, 100]);
};

/* In words, as the band shows it. */
steps.words = ({ p50, p95, p99, max }) => 'median ' + text.ms(p50) + ', p95 ' + text.ms(p95) +
	', p99 ' + text.ms(p99) + ', slowest ' + text.ms(max);

/* Thin: median to slowest; thick: median to p95; a mark each at the median and at p99. */
steps.band = (s, x) => {
	const { p50, p95, p99, max } = s.latency_ms;
	if (max == null) return '';
	const at = (v) => Math.max(0, Math.min(100, x(Math.max(v, 0.01)))) + '%';
	const svg = d3.select(document.createElementNS('http://www.w3.org/2000/svg', 'svg'))
		.attr({ class: 'band', role: 'img', 'aria-label': steps.words(s.latency_ms) });
	const line = (cls, from, to, y1, y2) => svg.append('line')
		.attr({ class: cls, x1: at(from), x2: at(to), y1, y2 });
	chart.decades(...x.domain()).forEach((v) => line('grid', v, v, 0, 22));
	line('thin', p50, max, 11, 11);
	line('thick', p50, p95, 11, 11);
	line('mark', p99, p99, 5, 17);
	svg.append('circle').attr({ class: 'median', cx: at(p50), cy: 11, r: 4 });
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
	const ms = (key) => dom.n(key, (s) => s.latency_ms[key], text.ms);
	return [
		dom.names('Step', (s) => s.name),
		{
			name: 'Guide',
			number: true,
			title: 'numbers of the guide that it covers',
			get: (s) => s.guide && s.guide[0],
			show: steps.guide,
		},
		{ name: 'Stage', get: (s) => s.stage },
		dom.n('Done', 'done'),
		dom.warned(dom.n('Failed', 'failed'), (s) => s.failed > 0),
		dom.n('Skipped', 'skipped', text.count, { title: 'did not apply to the phone' }),
		dom.warned(dom.n('Retries', 'retries'), (s) => s.retries > 0),
		...['p50', 'p95', 'p99', 'max'].map(ms),
		{
			name: ['Latency ', steps.ruler(x)],
			show: (s) => steps.band(s, x),
			cls: () => 'bandcell',
		},
	];
};

/* A person who types is not a server that is slow. */
steps.finding = (list) => {
	const timed = list.filter((s) => s.latency_ms.p99 != null && s.name !== 'user_enters');
	if (!timed.length) return '';
	const slow = timed.reduce((a, b) => (b.latency_ms.p99 > a.latency_ms.p99 ? b : a));
	const p99 = text.ms(slow.latency_ms.p99);
	return [' The slowest, by p99, was ', dom.code(slow.name), ' (' + p99 + ').'];
};

steps.table = (run) => {
	const list = steps.walked(run);
	const rest = run.summary.steps.filter((s) => !list.includes(s));
	const names = rest.map((s, i) => [i ? ', ' : '', dom.code(s.name)]);
	dom.section('steps', 'Steps',
		dom.aid('A line for each exchange with a server, from its first try’s start to its end, ',
			'pauses between tries included. The dot is the median, the thick bar reaches to p95, ',
			'the tick is p99, the thin line ends at the slowest; the scale is logarithmic.',
			steps.finding(list)),
		dom.table('Steps of the way', steps.columns(steps.scale(list)), list,
			{ sorts: true, cls: 'steps', row: (s) => ({ 'data-step': s.name }) }),
		rest.length > 0 && dom.p('aside', 'Not walked in this run: ', names, '.'),
		steps.coverage(run));
};

/* ---- how far the phones came on the guide's own page ---- */

steps.drawGuide = (guide) => (svg, width, height) => {
	const x = d3.scale.ordinal().domain(guide.map((g) => g.number)).rangeBands([44, width - 4], 0.25);
	const most = Math.max(1, d3.max(guide, (g) => g.n));
	const y = d3.scale.linear().domain([0, most]).range([height - 22, 16]);
	const told = (g) => width > 560 || g.number % 4 === 0 || g.number === 1;
	const middle = (g) => x(g.number) + x.rangeBand() / 2;
	chart.left(svg, y, [0, most], [44, width - 4], text.count);
	svg.selectAll('.bar').data(guide).enter().append('rect')
		.attr({ class: 'bar', x: (g) => x(g.number), width: x.rangeBand() })
		.attr({ y: (g) => y(g.n), height: (g) => y(0) - y(g.n) })
		.append('title').text((g) => 'guide ' + g.number + ': ' + text.many(g.n, 'phone'));
	svg.append('g').attr('class', 'axis').selectAll('text').data(guide.filter(told)).enter()
		.append('text').attr({ x: middle, y: height - 6, 'text-anchor': 'middle' })
		.text((g) => g.number);
};

steps.coverage = (run) => {
	const guide = Object.entries(run.summary.guide)
		.map(([number, n]) => ({ number: Number(number), n }));
	const reached = guide.filter((g) => g.n > 0).length;
	return dom.el('div', { class: 'sub' },
		dom.el('h3', {}, 'The guide’s numbers'),
		dom.aid('How many phones completed each number of the guide’s page at least once: ' + reached +
			' of ' + guide.length + ' were reached; a skipped one does not count.'),
		chart.place('guide', 'Phones that completed each number of the guide', 130,
			steps.drawGuide(guide)),
		dom.details('Table', () => dom.table('Phones by number of the guide', [
			dom.n('Guide', 'number'),
			dom.n('Phones', 'n'),
		], guide, { cls: 'tight fit', sorts: true })));
};
