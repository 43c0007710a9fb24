/* report_dom.js - elements, tables that sort by mouse and keyboard, sections of the page. */
const dom = { contents: [] };

/* An element: attributes by name (on... are listeners), then children, texts among them. */
dom.el = (tag, attrs, ...children) => {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(attrs || {})) {
		if (value == null || value === false) continue;
		if (name.startsWith('on')) e.addEventListener(name.slice(2), value);
		else e.setAttribute(name, value === true ? '' : value);
	}
	e.append(...children.flat(3).filter((c) => c != null && c !== false));
	return e;
};

/* A section with its heading, and its line in the table of contents. */
dom.section = (id, title, ...children) => {
	const s = dom.el('section', { id, 'aria-labelledby': id + '-h' },
		dom.el('h2', { id: id + '-h' }, title), children);
	dom.contents.push({ id, title });
	document.getElementById('main').append(s);
	return s;
};

dom.p = (kind, ...children) => dom.el('p', { class: kind || null }, children);

/* How to read what follows: one sentence. */
dom.aid = (...children) => dom.p('aid', children);

dom.code = (name) => dom.el('code', {}, name);

/* A place for a wide thing that scrolls by itself. */
dom.wide = (label, child) => dom.el('div', { class: 'wide', 'data-label': label }, child);

/* What has to be scrolled can be reached by keyboard, and nothing else stops the tab key. */
dom.reach = () => {
	for (const wide of document.querySelectorAll('.wide')) {
		const scrolls = wide.scrollWidth > wide.clientWidth + 1;
		const attrs = { tabindex: '0', role: 'region', 'aria-label': wide.dataset.label };
		for (const [name, value] of Object.entries(attrs)) {
			if (scrolls) wide.setAttribute(name, value);
			else wide.removeAttribute(name);
		}
	}
};

/*
 * A table.  Columns: {name, get, show, sort, number, cls, title}: get(row) is what it sorts by
 * and what tests read (data-v), show(row) what is seen, a text or an element; cls(row) classes.
 */
dom.table = (caption, columns, rows, more) => {
	const body = dom.el('tbody', {}, rows.map((row) => dom.row(columns, row, more)));
	const head = columns.map((column, i) => dom.head(column, i, body, more));
	const t = dom.el('table', { class: more && more.cls },
		dom.el('caption', {}, caption), dom.el('thead', {}, dom.el('tr', {}, head)), body);
	return dom.wide(caption, t);
};

/* A column of numbers: a member's name or get(row), and how it is shown. */
dom.n = (name, get, show, more) => {
	const of = typeof get === 'function' ? get : (row) => row[get];
	return { name, number: true, get: of, show: (row) => (show || text.count)(of(row)), ...more };
};

/* The same, marked when bad(row). */
dom.warned = (column, bad) => ({ ...column, cls: (row) => (bad(row) ? 'warn' : null) });

/* A column of names in type of their own. */
dom.names = (name, get) => ({ name, get, show: (row) => dom.code(get(row)) });

dom.row = (columns, row, more) => dom.el('tr', more && more.row ? more.row(row) : {},
	columns.map((column, i) => {
		const value = column.get ? column.get(row) : null;
		const cls = [column.number && 'n', column.cls && column.cls(row)].filter(Boolean);
		return dom.el(i === 0 ? 'th' : 'td', {
			scope: i === 0 ? 'row' : null,
			class: cls.join(' ') || null,
			'data-v': value == null ? null : value,
		}, column.show ? column.show(row) : value == null ? text.none : String(value));
	}));

dom.head = (column, i, body, more) => {
	const attrs = { scope: 'col', class: column.number ? 'n' : null, title: column.title };
	if (!more || !more.sorts || !column.get) return dom.el('th', attrs, column.name);
	const th = dom.el('th', attrs);
	th.append(dom.el('button', { type: 'button', onclick: () => dom.sort(th, i, body) },
		column.name, dom.el('span', { class: 'arrow', 'aria-hidden': 'true' })));
	return th;
};

/* Numbers begin with the greatest, texts with the first; what is not there comes last. */
dom.sort = (th, i, body) => {
	const was = th.getAttribute('aria-sort');
	const number = th.classList.contains('n');
	const up = was ? was === 'descending' : !number;
	const key = (tr) => {
		const v = tr.children[i].dataset.v;
		return v === undefined ? null : number ? Number(v) : v;
	};
	const rows = [...body.rows].map((tr) => [key(tr), tr]);
	rows.sort(([a], [b]) => {
		if (a === null || b === null) return (a === null) - (b === null);
		return (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1);
	});
	for (const other of th.parentNode.children) other.removeAttribute('aria-sort');
	th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
	body.append(...rows.map(([, tr]) => tr));
};

/* Closed until it is wanted; `make` is called when it is first opened. */
dom.details = (summary, make, attrs) => {
	const d = dom.el('details', attrs, dom.el('summary', {}, summary));
	const fill = () => {
		if (d.open && d.children.length === 1) d.append(make());
	};
	d.addEventListener('toggle', () => {
		fill();
		dom.reach();
	});
	fill();
	return d;
};

dom.copy = (label, what) => {
	const b = dom.el('button', { type: 'button', class: 'quiet' }, label);
	b.addEventListener('click', () => {
		const said = (words) => () => {
			b.textContent = words;
		};
		const no = said('Select and copy it');
		if (!navigator.clipboard) no();
		else navigator.clipboard.writeText(what).then(said('Copied'), no);
	});
	return b;
};
