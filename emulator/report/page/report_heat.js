/*
 * report_heat.js - each step's latency over time, as a heat map: a small one of every step on
 * the same scale of time, and a large one of the step that is chosen.
 */
const heat = { LEVELS: 7, chosen: null };

/* The first and the last band that are used; or null. */
heat.extent = (step) => {
	const used = new Set();
	for (const column of step.heat)
		column.forEach((n, band) => n > 0 && used.add(band));
	return used.size ? d3.extent([...used]) : null;
};

/* A band's upper bound; the last one has none, and is drawn as high as the one below it. */
heat.bound = (bands, b) => {
	if (b < 0) return bands[0] / 1.26;
	return bands[b] == null ? bands[b - 1] * 1.26 : bands[b];
};

/* How deep a colour: the logarithm, because one phone beside a thousand must be seen. */
heat.level = (n, max) => {
	const level = Math.ceil((heat.LEVELS * Math.log1p(n)) / Math.log1p(max));
	return n > 0 ? Math.min(heat.LEVELS, Math.max(1, level)) : 0;
};

heat.most = (step) => d3.max(step.heat, (column) => d3.max(column) || 0) || 1;

/* Neighbours in time of the same level as one: [level, first span, span after the last]. */
heat.runs = (levels) => {
	const runs = [];
	levels.forEach((level, i) => {
		const last = runs[runs.length - 1];
		if (last && last[0] === level) last[2] = i + 1;
		else runs.push([level, i, i + 1]);
	});
	return runs.filter(([level]) => level > 0);
};

/* One path a level: a map has few elements, and is crisp on paper. */
heat.paths = (step, x, y, max) => {
	const { bands_ms: bands, span_s: span } = page.run.course;
	const paths = new Array(heat.LEVELS + 1).fill('');
	const [low, high] = heat.extent(step);
	for (const band of d3.range(low, high + 1)) {
		const top = y(heat.bound(bands, band)).toFixed(1);
		const bottom = y(heat.bound(bands, band - 1)).toFixed(1);
		const levels = step.heat.map((column) => heat.level(column[band] || 0, max));
		for (const [level, from, to] of heat.runs(levels)) {
			const left = x(from * span).toFixed(1);
			paths[level] += 'M' + left + ',' + top + 'H' + x(to * span).toFixed(1) + 'V' + bottom +
				'H' + left + 'Z';
		}
	}
	return paths;
};

/* The map itself between top and bottom; returns its scale of latency, or null. */
heat.map = (svg, step, x, [top, bottom], many) => {
	const { bands_ms: bands } = page.run.course;
	const range = heat.extent(step);
	if (!range) return null;
	const low = heat.bound(bands, range[0] - 1);
	const high = heat.bound(bands, range[1]);
	const y = d3.scale.log().domain([low, high]).range([bottom, top]);
	const decades = chart.decades(low, high);
	const values = decades.length ? decades : [high];
	heat.paths(step, x, y, heat.most(step)).forEach((d, level) => {
		if (d) svg.append('path').attr({ class: 'heat h' + level, d });
	});
	chart.left(svg, y, many ? values : values.slice(-1), x.range(), chart.decade);
	return y;
};

/* ---- all steps, small ---- */

heat.drawSmall = (step) => (svg, width, height) => {
	const x = chart.time(54, width - 4);
	heat.map(svg, step, x, [4, height - 18], false);
	chart.bottom(svg, x, height - 18, 3);
};

heat.note = (step) => {
	const failures = d3.sum(step.failed);
	const retries = d3.sum(step.retries);
	if (failures) return text.count(failures) + ' failed';
	return retries ? text.many(retries, 'retry', 'retries') : '';
};

heat.small = (name, step) => {
	const place = chart.place('heat-' + name, 'Latency of ' + name + ' over time', 96,
		heat.drawSmall(step));
	place.dataset.small = '1';
	return dom.el('li', {}, dom.el('button', {
		type: 'button',
		class: 'tile',
		'data-step': name,
		'aria-pressed': 'false',
		onclick: () => heat.choose(name),
	}, dom.el('span', { class: 'tilehead' }, dom.code(name),
		dom.el('span', { class: 'warn' }, heat.note(step))), place));
};

/* ---- one step, large ---- */

heat.LINES = [['p50', 'first'], ['p95', 'second'], ['p99', 'third']];

/* Below the map: how many were done in a span, and how many tries went wrong. */
heat.counts = (svg, step, x, top, bottom) => {
	const span = page.run.course.span_s;
	const done = traffic.rate(step.done);
	const bad = traffic.sum([step.failed, step.retries]);
	const most = Math.max(1 / span, d3.max(done), d3.max(bad));
	const y = d3.scale.linear().domain([0, most]).range([bottom, top]);
	chart.left(svg, y, [0, most], x.range(), traffic.per);
	svg.append('path').attr({ class: 'counts', d: chart.area(done, x, y, span) });
	svg.append('path').attr({ class: 'counts bad', d: chart.area(bad, x, y, span) });
};

heat.say = ({ done, failed: bad, retries, p50, p95, p99, max }) => (i) => [
	text.count(done[i]) + ' done',
	p50[i] != null && steps.words({ p50: p50[i], p95: p95[i], p99: p99[i], max: max[i] }),
	retries[i] > 0 && text.many(retries[i], 'retry', 'retries'),
	bad[i] > 0 && text.count(bad[i]) + ' failed',
].filter(Boolean).join('; ');

heat.drawLarge = (svg, width, height) => {
	const step = page.run.course.steps[heat.chosen];
	const span = page.run.course.span_s;
	const x = chart.time(60, width - 8);
	const y = heat.map(svg, step, x, [8, height - 110], true);
	for (const [key, cls] of y ? heat.LINES : [])
		svg.append('path').attr({ class: 'line over ' + cls, d: chart.line(step[key], x, y, span) });
	heat.counts(svg, step, x, height - 84, height - 24);
	chart.bottom(svg, x, height - 24);
	chart.cursor(svg, x, [8, height - 24], heat.say(step));
};

heat.legend = (max) => {
	const sign = (cls) => dom.el('span', { class: cls, 'aria-hidden': 'true' });
	return dom.p('legend', 'Phones in a cell: 1 ',
		d3.range(1, heat.LEVELS + 1).map((level) => sign('cell back-h' + level)),
		' ' + text.count(max) + ' · lines: ',
		heat.LINES.map(([key, cls]) => [sign('key ' + cls), key + ' ']),
		'· below: done ', sign('swatch back-done'), ' and tries that went wrong ',
		sign('swatch back-failed'), ' per second');
};

heat.times = (step) => {
	const { span_s: span, spans } = page.run.course;
	const any = (i) => step.done[i] + step.failed[i] + step.retries[i] > 0;
	const n = (name, key) => dom.n(name, (i) => step[key][i]);
	return dom.table('By time', [
		dom.n('From', (i) => i * span, (s) => (s ? text.s(s) : '0')),
		n('Done', 'done'), n('Failed', 'failed'), n('Retries', 'retries'),
		...['p50', 'p95', 'p99', 'max'].map((key) => dom.n(key, (i) => step[key][i], text.ms)),
	], d3.range(spans).filter(any), { cls: 'tight', sorts: true });
};

/* Over the whole run, in a line. */
heat.percentiles = (name) => {
	const s = page.run.summary.steps.find((step) => step.name === name);
	const figures = Object.entries(s.latency_ms).filter(([, v]) => v != null);
	return dom.p('', text.count(s.done) + ' done in ' + text.many(s.attempts, 'try', 'tries'),
		figures.length > 0 && ': ' + figures.map(([key, v]) => key + ' ' + text.ms(v)).join(', '), '.');
};

/* Show that step large. */
heat.choose = (name) => {
	const large = document.getElementById('heat-large');
	const step = page.run.course.steps[name];
	const label = 'Latency of ' + name + ' over time, with its percentiles';
	heat.chosen = name;
	for (const tile of document.querySelectorAll('.tile'))
		tile.setAttribute('aria-pressed', String(tile.dataset.step === name));
	large.replaceChildren(dom.el('h3', {}, dom.code(name)), heat.percentiles(name),
		chart.place('heat', label, 380, heat.drawLarge), heat.legend(heat.most(step)),
		dom.details('Table', () => heat.times(step)));
	chart.drawAll();
};

/* The one to begin with: where most went wrong, else the slowest. */
heat.first = (each, names) => {
	const worst = (name) => d3.sum(each[name].failed) * 1000 + d3.sum(each[name].retries);
	const slow = (name) => (name === 'user_enters' ? 0 : d3.max(each[name].p99) || 0);
	return names.slice().sort((a, b) => worst(b) - worst(a) || slow(b) - slow(a))[0];
};

heat.over = (run) => {
	const each = run.course.steps;
	const names = run.summary.steps.map((s) => s.name).filter((name) => each[name]);
	if (!names.length) return;
	dom.section('heat', 'Steps over time',
		dom.aid('Time runs to the right, latency grows upwards on a logarithmic scale, ',
			'and a deeper colour means more phones: a band that climbs is a server that falls behind. ',
			'Choose a step to see it large.'),
		dom.el('div', { id: 'heat-large' }),
		dom.el('ul', { class: 'tiles' }, names.map((name) => heat.small(name, each[name]))));
	heat.choose(heat.first(each, names));
};
