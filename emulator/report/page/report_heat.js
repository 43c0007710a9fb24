/*
 * report_heat.js - each step's latency over time, as a heat map: a small one of every step on
 * the same scale of time, and a large one of the step that is chosen.
 */
const heat = { LEVELS: 7, chosen: null };

/* From the first band that is used to the last, as [low, high] in milliseconds. */
heat.extent = (step, bands) => {
	let low = Infinity;
	let high = -1;
	for (const column of step.heat) {
		column.forEach((n, b) => {
			if (n > 0) {
				low = Math.min(low, b);
				high = Math.max(high, b);
			}
		});
	}
	return high < 0 ? null : [low, high];
};

/* A band's upper bound; the last one has none, and is drawn as high as the one below it. */
heat.bound = (bands, b) => (b < 0 ? bands[0] / 1.26 : bands[b] == null ? bands[b - 1] * 1.26 : bands[b]);

/* How deep a colour: the logarithm, because one phone beside a thousand must be seen. */
heat.level = (n, max) => Math.min(heat.LEVELS, Math.max(1, Math.ceil((heat.LEVELS * Math.log1p(n)) / Math.log1p(max))));

heat.most = (step) => d3.max(step.heat, (column) => d3.max(column) || 0) || 1;

/* One path a level, neighbours in time joined, so that a map has few elements and is crisp on
 * paper. */
heat.paths = (step, bands, x, y, span, max) => {
	const paths = new Array(heat.LEVELS + 1).fill('');
	const [low, high] = heat.extent(step, bands);
	for (let b = low; b <= high; b++) {
		const y1 = y(heat.bound(bands, b)).toFixed(1);
		const y0 = y(heat.bound(bands, b - 1)).toFixed(1);
		let from = 0;
		let was = 0;
		for (let i = 0; i <= step.heat.length; i++) {
			const n = i < step.heat.length ? step.heat[i][b] || 0 : 0;
			const level = n > 0 ? heat.level(n, max) : 0;
			if (level === was && i < step.heat.length) continue;
			if (was > 0) paths[was] += 'M' + x(from * span).toFixed(1) + ',' + y1 + 'H' + x(i * span).toFixed(1) + 'V' + y0 + 'H' + x(from * span).toFixed(1) + 'Z';
			from = i;
			was = level;
		}
	}
	return paths;
};

/* The map itself, within [left, right] x [top, bottom]; returns its scales, or null. */
heat.map = (svg, step, box, ticks) => {
	const { bands_ms: bands, span_s: span, spans } = page.run.course;
	const range = heat.extent(step, bands);
	if (!range) return null;
	const low = heat.bound(bands, range[0] - 1);
	const high = heat.bound(bands, range[1]);
	const x = d3.scale.linear().domain([0, spans * span]).range([box[0], box[1]]);
	const y = d3.scale.log().domain([low, high]).range([box[3], box[2]]);
	const max = heat.most(step);
	const values = chart.decades(low, high);
	heat.paths(step, bands, x, y, span, max).forEach((d, level) => {
		if (d) svg.append('path').attr({ class: 'heat h' + level, d });
	});
	chart.left(svg, y, values.length ? (ticks ? values : [values[values.length - 1]]) : [high], box[0], box[1], chart.decade);
	return { x, y, max };
};

/* ---- all steps, small ---- */

heat.small = (name, step) => {
	const place = chart.place('heat-' + name, 'Latency of ' + name + ' over time', 96, (svg, width, height) => {
		heat.map(svg, step, [54, width - 4, 4, height - 18], false);
		const x = d3.scale.linear().domain([0, page.run.course.spans * page.run.course.span_s]).range([54, width - 4]);
		chart.bottom(svg, x, height - 18, 3);
	});
	place.dataset.small = '1';
	const failed = d3.sum(step.failed);
	const retried = d3.sum(step.retries);
	const notes = [];
	if (failed) notes.push(text.count(failed) + ' failed');
	else if (retried) notes.push(text.many(retried, 'retry', 'retries'));
	return dom.el('li', {}, dom.el('button', {
		type: 'button',
		class: 'tile',
		'data-step': name,
		'aria-pressed': 'false',
		onclick: () => heat.choose(name),
	}, dom.el('span', { class: 'tilehead' }, dom.code(name), dom.el('span', { class: notes.length ? 'warn' : '' }, notes.join(', '))), place));
};

/* ---- one step, large ---- */

heat.LINES = [['p50', 'first'], ['p95', 'second'], ['p99', 'third']];

/* Below the map: how many were done in a span, and how many tries went wrong. */
heat.counts = (svg, step, x, top, bottom) => {
	const span = page.run.course.span_s;
	const bad = step.failed.map((n, i) => n + step.retries[i]);
	const most = Math.max(1, d3.max(step.done), d3.max(bad));
	const y = d3.scale.linear().domain([0, most / span]).range([bottom, top]);
	chart.left(svg, y, [0, most / span], x.range()[0], x.range()[1], (v) => text.figures(v) + ' /s');
	svg.append('path').attr({ class: 'counts', d: chart.area(step.done.map((n) => n / span), x, y, span) });
	svg.append('path').attr({ class: 'counts bad', d: chart.area(bad.map((n) => n / span), x, y, span) });
};

heat.say = (step) => (i) => [
	text.count(step.done[i]) + ' done',
	step.p50[i] != null && 'median ' + text.ms(step.p50[i]) + ', p95 ' + text.ms(step.p95[i]) + ', p99 ' + text.ms(step.p99[i]) + ', slowest ' + text.ms(step.max[i]),
	step.retries[i] > 0 && text.many(step.retries[i], 'retry', 'retries'),
	step.failed[i] > 0 && text.count(step.failed[i]) + ' failed',
].filter(Boolean).join('; ');

heat.drawLarge = (svg, width, height) => {
	const step = page.run.course.steps[heat.chosen];
	const span = page.run.course.span_s;
	const x = d3.scale.linear().domain([0, page.run.course.spans * span]).range([60, width - 8]);
	const map = heat.map(svg, step, [60, width - 8, 8, height - 110], true);
	if (map) {
		for (const [key, cls] of heat.LINES)
			svg.append('path').attr({ class: 'line over ' + cls, d: chart.line(step[key], x, map.y, span) });
	}
	heat.counts(svg, step, x, height - 84, height - 24);
	chart.bottom(svg, x, height - 24);
	chart.cursor(svg, x, [8, height - 24], heat.say(step));
};

heat.legend = (max) => dom.p('legend', 'Phones in a cell: 1 ',
	d3.range(1, heat.LEVELS + 1).map((l) => dom.el('span', { class: 'cell back-h' + l, 'aria-hidden': 'true' })),
	' ' + text.count(max) + ' · lines: ',
	heat.LINES.map(([key, cls]) => [dom.el('span', { class: 'key ' + cls, 'aria-hidden': 'true' }), key + ' ']),
	'· below: done ', dom.el('span', { class: 'swatch back-done', 'aria-hidden': 'true' }), ' and tries that went wrong ',
	dom.el('span', { class: 'swatch back-failed', 'aria-hidden': 'true' }), ' per second');

heat.times = (step) => {
	const span = page.run.course.span_s;
	const rows = step.done.map((n, i) => i).filter((i) => step.done[i] || step.failed[i] || step.retries[i]);
	const n = (name, key) => ({ name, number: true, get: (i) => step[key][i], show: (i) => text.count(step[key][i]) });
	const ms = (key) => ({ name: key, number: true, get: (i) => step[key][i], show: (i) => text.ms(step[key][i]) });
	return dom.table('By time', [
		{ name: 'From', number: true, get: (i) => i * span, show: (i) => (i ? text.s(i * span) : '0 s') },
		n('Done', 'done'), n('Failed', 'failed'), n('Retries', 'retries'), ms('p50'), ms('p95'), ms('p99'), ms('max'),
	], rows, { cls: 'tight', sorts: true });
};

/* Over the whole run, in a line. */
heat.percentiles = (name) => {
	const s = page.run.summary.steps.find((step) => step.name === name);
	return dom.p('', text.count(s.done) + ' done in ' + text.count(s.attempts) + ' tries: ' +
		Object.entries(s.latency_ms).filter(([, v]) => v != null).map(([key, v]) => key + ' ' + text.ms(v)).join(', ') + '.');
};

/* Show that step large. */
heat.choose = (name) => {
	const large = document.getElementById('heat-large');
	const step = page.run.course.steps[name];
	heat.chosen = name;
	for (const b of document.querySelectorAll('.tile')) b.setAttribute('aria-pressed', String(b.dataset.step === name));
	const place = chart.place('heat', 'Latency of ' + name + ' over time, with its percentiles', 380, heat.drawLarge);
	large.replaceChildren(dom.el('h3', {}, dom.code(name)), heat.percentiles(name), place, heat.legend(heat.most(step)),
		dom.details('Table', () => heat.times(step)));
	chart.drawAll();
};

/* The one to begin with: where most went wrong, else the slowest. */
heat.first = (run, names) => {
	const worst = (name) => d3.sum(run.course.steps[name].failed) * 1000 + d3.sum(run.course.steps[name].retries);
	const slow = (name) => (name === 'user_enters' ? 0 : d3.max(run.course.steps[name].p99) || 0);
	return names.slice().sort((a, b) => worst(b) - worst(a) || slow(b) - slow(a))[0];
};

heat.over = (run) => {
	const names = run.summary.steps.map((s) => s.name).filter((name) => run.course.steps[name]);
	if (!names.length) return;
	dom.section('heat', 'Steps over time',
		dom.aid('Time runs to the right, latency grows upwards on a logarithmic scale, and a deeper colour means more phones: ',
			'a band that climbs is a server that falls behind. Choose a step to see it large.'),
		dom.el('div', { id: 'heat-large', 'aria-live': 'off' }),
		dom.el('ul', { class: 'tiles' }, names.map((name) => heat.small(name, run.course.steps[name]))));
	heat.choose(heat.first(run, names));
};
