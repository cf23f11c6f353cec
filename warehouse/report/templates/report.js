"use strict";
// Renders the two charts, keeps the table of the heatmap in step, and writes the CSV.
(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const heat = data.heat;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const narrow = matchMedia("(max-width: 40rem)");
    const byId = (id) => document.getElementById(id);
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const ramps = {
        light: ["#fdf6e3", "#fbd68f", "#ee9b45", "#c4561d", "#8a2b0d", "#4a1206"],
        dark: ["#2b2a33", "#5a2f3c", "#94433a", "#cd6a37", "#f0a54a", "#fde9a9"],
    };
    const hatch = () => ({
        symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4,
        color: dark.matches ? "rgba(0,0,0,.55)" : "rgba(255,255,255,.75)",
    });
    const percent = (share) => (share === null ? "no data" : (share * 100).toFixed(1) + " %");
    const money = (usd) => {
        if (usd === null) return "no data";
        if (usd >= 1e9) return (usd / 1e9).toFixed(1) + " bn USD";
        if (usd >= 1e6) return (usd / 1e6).toFixed(1) + " m USD";
        return Math.round(usd / 1e3) + " thousand USD";
    };
    const full = (item) => item.names.join(", ") + "; " + item.stage.toLowerCase();
    // a basket is one row under all its names; the axis label shows the first
    const label = (item) =>
        item.names[0] + (item.names.length > 1 ? " +" + (item.names.length - 1) : "") +
        ", " + item.stageId.replaceAll("_", " ") + (item.isBasket ? " *" : "");
    const named = (id) => heat.names[id] || id;

    // ---- which items, in which order -------------------------------------------------------
    const descending = (key) => (a, b) => (b[key] ?? -1) - (a[key] ?? -1) || label(a).localeCompare(label(b));
    const orders = {
        concern: descending("meanShare"),
        hhi: descending("meanHhi"),
        name: (a, b) => label(a).localeCompare(label(b)),
    };
    function selectedItems() {
        const kind = byId("kind").value;
        const text = byId("find").value.trim().toLowerCase();
        return heat.items
            .filter((item) => item.nPartners >= Number(byId("cover").value))
            .filter((item) => kind === "all" || item.kind === kind)
            .filter((item) => full(item).toLowerCase().includes(text))
            .sort(orders[byId("order").value]);
    }
    // an empty column separates the bloc from its members
    const columns = [heat.partners[0], null, ...heat.partners.slice(1)];
    // a code that covers several materials gives a band for the share of one
    const isBand = (cell) => cell.low !== null && cell.high !== null && cell.high - cell.low > 0.001;
    // codes of the item that no source measures, or suppliers that a source does not list
    const isPartial = (cell) => Boolean(cell) && (cell.coverage === null || cell.coverage < 1);
    const coverage = (cell) =>
        cell.coverage === null ? "an unknown part of the trade" : percent(cell.coverage) + " of the trade";
    const cellOf = (item, partner) => item.cells.find((cell) => cell.entity === partner.id) || null;

    // ---- heatmap ---------------------------------------------------------------------------
    function tip(item, partner) {
        const cell = cellOf(item, partner);
        const box = document.createElement("div");
        box.className = "tip";
        const head = document.createElement("b");
        head.textContent = partner.name + ": " + full(item);
        const list = document.createElement("dl");
        const line = (term, value) => {
            const dt = document.createElement("dt");
            const dd = document.createElement("dd");
            dt.textContent = term;
            dd.textContent = value;
            list.append(dt, dd);
        };
        line("share", cell ? percent(cell.share) : "no data");
        if (cell) {
            if (isBand(cell)) line("between", percent(cell.low) + " and " + percent(cell.high));
            line("imports", money(cell.usd));
            if (cell.top) line("largest", named(cell.top) + " (" + percent(cell.topShare) + ")");
            line("HHI", cell.hhi === null ? "no data" : cell.hhi.toFixed(2));
            if (cell.missing) line("no share", cell.missing);
            if (isPartial(cell)) line("measured", coverage(cell));
            if (cell.basket) line("basket", percent(cell.basket) + " of the value in basket codes");
            if (item.codes) line("codes", item.codes);
            line("basis", cell.basis + ", " + heat.year);
            line("source", cell.source);
            line("grade", cell.grade || "not graded");
            if (cell.flags) line("flags", cell.flags.replaceAll("|", ", "));
        }
        box.append(head, list);
        return box;
    }

    function heatOption(items) {
        const known = [];
        const unknown = [];
        items.forEach((item, y) =>
            columns.forEach((partner, x) => {
                if (partner === null) return;
                const cell = cellOf(item, partner);
                const share = cell ? cell.share : null;
                const isBasket = Boolean(cell && cell.basket > 0);
                if (share === null) unknown.push({ value: [x, y, 0] });
                else known.push({
                    value: [x, y, share], isPart: isPartial(cell), marks: (isBasket ? "*" : "") + (isPartial(cell) ? "†" : ""),
                    ...(isPartial(cell) ? { itemStyle: { decal: hatch() } } : {}),
                });
            }),
        );
        const isDark = dark.matches;
        const axis = {
            type: "category",
            axisLine: { show: false },
            axisTick: { show: false },
            splitLine: { show: false },
        };
        const text = { color: colour("--ink"), fontSize: 11, fontFamily: "system-ui, sans-serif" };
        const gap = { borderColor: colour("--panel"), borderWidth: 1 };
        return {
            animation: false,
            aria: { enabled: true, label: { description: byId("heat-caption").textContent } },
            grid: { left: narrow.matches ? 150 : 236, right: 14, top: 30, bottom: 8 },
            tooltip: {
                confine: true,
                backgroundColor: colour("--panel"),
                borderColor: colour("--soft"),
                textStyle: { color: colour("--ink") },
                formatter: (at) => tip(items[at.value[1]], columns[at.value[0]]),
            },
            xAxis: {
                ...axis,
                data: columns.map((partner) => (partner ? partner.code : "")),
                position: "top",
                axisLabel: { ...text, fontSize: 10.5, fontWeight: 600, interval: 0 },
            },
            yAxis: {
                ...axis,
                data: items.map(label),
                inverse: true,
                axisLabel: {
                    ...text, interval: 0, width: narrow.matches ? 140 : 220, overflow: "truncate",
                },
            },
            visualMap: {
                show: false,
                min: 0,
                max: 1,
                dimension: 2,
                seriesIndex: 0,
                inRange: { color: isDark ? ramps.dark : ramps.light },
            },
            series: [
                {
                    type: "heatmap",
                    name: "share from countries of concern",
                    data: known,
                    itemStyle: gap,
                    label: {
                        show: true,
                        fontSize: 10,
                        formatter: (at) => Math.round(at.value[2] * 100) + at.data.marks,
                    },
                    emphasis: { itemStyle: { borderColor: colour("--accent"), borderWidth: 2 } },
                },
                {
                    type: "heatmap",
                    name: "no data",
                    data: unknown,
                    itemStyle: { ...gap, color: colour("--empty") },
                    label: { show: true, fontSize: 10, color: colour("--soft"), formatter: "–" },
                    emphasis: { itemStyle: { borderColor: colour("--accent"), borderWidth: 2 } },
                },
            ],
        };
    }
    // dark or light digits, by the colour of the cell
    function withReadableDigits(option) {
        const isDark = dark.matches;
        for (const point of option.series[0].data) {
            const strong = isDark ? point.value[2] < 0.62 : point.value[2] > 0.55;
            point.label = point.isPart
                ? { color: colour("--ink"), textBorderColor: colour("--panel"), textBorderWidth: 4, fontWeight: 600 }
                : { color: strong ? "#ffffff" : "#1d1206" };
        }
        return option;
    }

    // ---- table of the heatmap --------------------------------------------------------------
    const header = [
        "partner", "partner_id", "item", "item_id", "stage_id", "year", "share_from_concern",
        "share_low", "share_high",
        "imports_usd", "largest_supplier", "largest_share", "supplier_hhi", "basket_share",
        "coverage_share", "quality_grade", "quality_flags", "source", "basis",
    ];
    function records(items) {
        return items.flatMap((item) =>
            heat.partners.map((partner) => {
                const cell = cellOf(item, partner) || {};
                return [
                    partner.name, partner.id, item.names.join(", "), item.ids.join("|"), item.stageId, heat.year,
                    cell.share ?? null, cell.low ?? null, cell.high ?? null, cell.usd ?? null, cell.top ?? null, cell.topShare ?? null,
                    cell.hhi ?? null, cell.basket ?? null, cell.coverage ?? null, cell.grade ?? null, cell.flags ?? null,
                    cell.source ?? null, cell.basis ?? null,
                ];
            }),
        );
    }
    function fillTable(items) {
        const body = byId("heat-body");
        const rows = records(items).map((record) => {
            const row = document.createElement("tr");
            const put = (value, isNumber, tag = "td") => {
                const cell = document.createElement(tag);
                if (tag === "th") cell.scope = "row";
                cell.className = (isNumber ? "n" : "") + (value === "no data" ? " none" : "");
                cell.textContent = value;
                row.append(cell);
            };
            const [partner, , item, , stage, , share, low, high, usd, top, topShare, hhi, basket, measured, grade, , source, basis] = record;
            put(partner, false, "th");
            put(item, false);
            put(stage, false);
            put(percent(share), true);
            const band = share !== null && low !== null && high - low > 0.001;
            put(band ? Math.round(low * 100) + " to " + Math.round(high * 100) + " %" : "–", true);
            put(money(usd), true);
            put(top === null ? "no data" : named(top) + " (" + percent(topShare) + ")", false);
            put(hhi === null ? "no data" : hhi.toFixed(2), true);
            put(basket === null ? "no data" : percent(basket), true);
            put(measured === null ? "no data" : percent(measured), true);
            put(grade ?? "no data", false);
            put(source === null ? "no data" : source + ", " + basis, false);
            return row;
        });
        body.replaceChildren(...rows);
        byId("heat-count").textContent =
            items.length + " items × " + heat.partners.length + " partners = " + rows.length + " rows";
    }

    // ---- CSV -------------------------------------------------------------------------------
    // A cell that a spreadsheet would read as a formula gets an apostrophe before it.
    function csvCell(value) {
        if (value === null) return "";
        if (typeof value === "number") return String(value);
        const guarded = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
        return /[",\r\n]/.test(guarded) ? '"' + guarded.replaceAll('"', '""') + '"' : guarded;
    }
    function download(name, head, rows) {
        const lines = [head, ...rows].map((row) => row.map(csvCell).join(","));
        const blob = new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" });
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = "pax_silica_" + data.release + "_" + name + ".csv";
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
    function downloadTable(name) {
        const rows = data.tables[name];
        const head = Object.keys(rows[0]);
        download(name, head, rows.map((row) => head.map((column) => row[column])));
    }

    // ---- signatories -----------------------------------------------------------------------
    function signOption() {
        const points = data.signings.map((at) => [at.date, at.count]);
        return {
            animation: false,
            aria: { enabled: true, label: { description: byId("sign-caption").textContent } },
            grid: { left: 34, right: 24, top: 26, bottom: 30 },
            tooltip: {
                confine: true,
                backgroundColor: colour("--panel"),
                borderColor: colour("--soft"),
                formatter: (at) => {
                    const day = data.signings[at.dataIndex];
                    const box = document.createElement("div");
                    box.className = "tip";
                    const head = document.createElement("b");
                    head.textContent = day.date + ": " + day.count + " signatories";
                    const who = document.createElement("span");
                    who.textContent = [
                        day.joined.length ? "signed: " + day.joined.join(", ") : "",
                        day.left.length ? "left: " + day.left.join(", ") : "",
                    ].filter(Boolean).join("; ");
                    box.append(head, who);
                    return box;
                },
                textStyle: { color: colour("--ink") },
            },
            xAxis: {
                type: "time",
                axisLine: { lineStyle: { color: colour("--soft") } },
                axisLabel: {
                    color: colour("--soft"), hideOverlap: true,
                    formatter: { year: "{MMM} {yyyy}", month: "{MMM} {yyyy}", day: "{d} {MMM}" },
                },
                splitLine: { show: false },
            },
            yAxis: {
                type: "value",
                min: 0,
                minInterval: 1,
                axisLabel: { color: colour("--soft") },
                splitLine: { lineStyle: { color: colour("--line") } },
            },
            series: [
                {
                    type: "line",
                    step: "end",
                    data: points,
                    symbol: "circle",
                    symbolSize: 9,
                    lineStyle: { color: colour("--accent"), width: 2 },
                    itemStyle: { color: colour("--accent") },
                    areaStyle: { color: colour("--accent"), opacity: 0.08 },
                    label: {
                        show: true, position: "top", color: colour("--ink"), fontWeight: 600,
                        // of days close to each other only the last has a label
                        formatter: (at) => {
                            const next = data.signings[at.dataIndex + 1];
                            const isClose = next && Date.parse(next.date) - Date.parse(at.value[0]) < 8 * 864e5;
                            return isClose ? "" : String(at.value[1]);
                        },
                    },
                },
            ],
        };
    }

    // ---- rendering --------------------------------------------------------------------------
    const charts = {};
    function chart(id, height) {
        const box = byId(id);
        if (!box) return null;
        if (height) box.style.height = height + "px";
        charts[id] ??= echarts.init(box, null, { renderer: "canvas" });
        charts[id].resize();
        return charts[id];
    }
    function renderHeat() {
        if (!byId("heat")) return;
        const items = selectedItems();
        byId("heat-none").hidden = items.length > 0;
        byId("heat").hidden = items.length === 0;
        if (items.length > 0) {
            chart("heat", 40 + items.length * 24).setOption(withReadableDigits(heatOption(items)), true);
        }
        fillTable(items);
    }
    function render() {
        renderHeat();
        if (data.signings.length && byId("sign")) chart("sign").setOption(signOption(), true);
    }
    for (const id of ["kind", "cover", "order", "find"]) byId(id)?.addEventListener("input", renderHeat);
    byId("csv")?.addEventListener("click", () => download("concern_share", header, records(selectedItems())));
    for (const name of Object.keys(data.tables)) byId(name + "-csv")?.addEventListener("click", () => downloadTable(name));
    const since = byId("since");
    const days = Math.floor((Date.now() - Date.parse(since.dataset.day + "T00:00:00Z")) / 864e5);
    since.textContent = days < 1 ? "" : ", " + days + (days === 1 ? " day" : " days") + " ago by this computer's clock";
    dark.addEventListener("change", render);
    addEventListener("beforeprint", () => byId("heat-table")?.setAttribute("open", ""));
    addEventListener("resize", render);
    render();
    document.documentElement.dataset.rendered = "yes";
})();
