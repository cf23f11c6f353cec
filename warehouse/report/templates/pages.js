"use strict";
// Fills each block of a page: its chart and the table of the same rows, for the chosen key.
(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const narrow = matchMedia("(max-width: 40rem)");
    const byId = (id) => document.getElementById(id);
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const hatch = () => ({
        symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4,
        color: dark.matches ? "rgba(0,0,0,.55)" : "rgba(255,255,255,.75)",
    });
    const isShare = (name) => /share/.test(name);
    const isMoney = (name) => name.endsWith("_usd") || /_usd_/.test(name);
    const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
    const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

    function text(name, value) {
        if (value === null || value === "") return "–";
        if (typeof value === "boolean") return value ? "yes" : "no";
        if (typeof value !== "number") return String(value);
        if (isShare(name)) return (value * 100).toFixed(1) + " %";
        if (isMoney(name)) return whole.format(value);
        return name.includes("year") ? String(value) : number.format(value);
    }
    const words = {
        label: "name", concern_share: "from concern", concern_share_low: "at least", concern_share_high: "at most",
        imports_usd: "imports, USD", supplier_hhi: "HHI", hhi: "HHI", top1_id: "largest producer",
        top1_share: "its share", is_country_of_concern: "of concern", is_member: "member",
        exposure_share_best: "best estimate", exposure_share_low: "under controls, at least",
        exposure_share_high: "under controls, at most", why_no_share: "why no share",
        why_no_best: "why no best estimate", column_label: "of", bloc_at_stake_usd_low: "at stake, USD, at least",
        bloc_at_stake_usd_high: "at stake, USD, at most", at_stake_missing_reason: "why nothing is at stake",
        issuer_id: "issuer", targets_text: "targets", n_on_goods: "on goods", n_on_entities: "on entities",
        shortage_share: "short", shortage_share_low: "short, at least", shortage_share_high: "short, at most",
        shortage_low_quantity: "shortage quantity, at least", shortage_high_quantity: "shortage quantity, at most",
        weakest_link_share: "its share from concern", weakest_link_share_low: "its share, at least",
        weakest_link_share_high: "its share, at most", completeness_share: "measured of the goods behind",
        missing_reason: "why no number", cover_share: "covered of the shortage",
        n_nodes_essential: "parts that need it", n_nodes_in_all: "parts in all", n_nodes: "parts", nodes: "which parts",
        freshest_complete_year: "newest complete year", n_passed: "passed", n_critical: "critical",
    };
    const head = (name) => words[name] ?? name.replaceAll("_", " ").replace(/^n /, "");

    // ---- rows ------------------------------------------------------------------------------
    const chosen = () => (byId("key") ? byId("key").value : null);
    function rowsOf(block) {
        const place = block.columns.indexOf("key");
        return place < 0 ? block.rows : block.rows.filter((row) => row[place] === chosen());
    }
    const cell = (block, row, name) => {
        const place = block.columns.indexOf(name);
        return place < 0 ? null : row[place];
    };

    // ---- table -----------------------------------------------------------------------------
    function fillTable(block, rows) {
        byId(block.id + "-count").textContent = rows.length + (rows.length === 1 ? " row" : " rows");
        const headRow = byId(block.id + "-head");
        headRow.replaceChildren(...block.shown.map((name) => {
            const th = document.createElement("th");
            th.scope = "col";
            th.textContent = head(name);
            const isNumber = rows.some((row) => typeof cell(block, row, name) === "number");
            if (isNumber) th.className = "n";
            return th;
        }));
        byId(block.id + "-body").replaceChildren(...rows.map((row) => {
            const tr = document.createElement("tr");
            block.shown.forEach((name, place) => {
                const value = cell(block, row, name);
                const td = document.createElement(place ? "td" : "th");
                if (!place) td.scope = "row";
                td.dir = "auto";
                td.textContent = text(name, value);
                if (name === "label" && cell(block, row, "is_basket")) td.textContent += " *";
                if (typeof value === "number") td.className = "n";
                else if (typeof value === "string" && value.length > 48) td.className = "long";
                else if (/^\d{4}-\d\d-\d\d$/.test(value)) td.className = "day";
                if (place && value === null && name === block.value) {
                    td.className = "n none";
                    td.textContent = "no number";
                }
                tr.append(td);
            });
            return tr;
        }));
    }

    // ---- CSV -------------------------------------------------------------------------------
    function csvCell(value) {
        if (value === null) return "";
        let written = String(value);
        // a spreadsheet would take it for a formula
        if (typeof value === "string" && /^[=+\-@\t\r]/.test(written)) written = "'" + written;
        return /[",\n\r]/.test(written) ? '"' + written.replaceAll('"', '""') + '"' : written;
    }
    function download(block) {
        const lines = [block.columns, ...rowsOf(block)].map((row) => row.map(csvCell).join(","));
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
        const key = chosen() ? "_" + chosen() : "";
        link.download = block.id + key + "_" + data.release + ".csv";
        link.click();
        URL.revokeObjectURL(link.href);
    }

    // ---- charts ----------------------------------------------------------------------------
    const font = () => ({ color: colour("--ink"), fontSize: 12, fontFamily: "system-ui, sans-serif" });
    const cut = (value, length) => (value.length > length ? value.slice(0, length - 1) + "…" : value);
    function tip(block, row) {
        const box = document.createElement("div");
        box.className = "tip";
        const bold = document.createElement("b");
        bold.textContent = cell(block, row, "label");
        const list = document.createElement("dl");
        for (const name of block.shown.filter((shown) => shown !== "label")) {
            const value = cell(block, row, name);
            if (value === null && name !== block.value) continue;
            const dt = document.createElement("dt");
            const dd = document.createElement("dd");
            dt.textContent = head(name);
            dd.textContent = value === null ? "no number" : cut(text(name, value), 160);
            list.append(dt, dd);
        }
        box.append(bold, list);
        return box;
    }
    const tooltip = () => ({
        confine: true, backgroundColor: colour("--panel"), borderColor: colour("--soft"),
        textStyle: { color: colour("--ink") },
    });

    // a band is drawn as a pale hatched bar from its low to its high, the value in front of it
    function barsOption(block, rows) {
        const share = isShare(block.value);
        const hasBand = (row) => block.low && cell(block, row, block.low) !== null &&
            cell(block, row, block.high) - cell(block, row, block.low) > 0.001;
        const rest = (row) => (hasBand(row) ? cell(block, row, block.high) - cell(block, row, block.low) : 0);
        const accent = colour("--accent");
        // long names get more room where there is some
        const isLong = rows.some((row) => String(cell(block, row, "label")).length > 44);
        const left = narrow.matches ? 138 : isLong && innerWidth > 1000 ? 430 : 270;
        const ticks = rows.map((row, place) => [cell(block, row, block.value), place]);
        const isTick = block.value === "exposure_share_best";
        const number = (value) => (share ? Math.round(value * 100) + " %" : String(value));
        const low = (row) => Math.round(cell(block, row, block.low) * 100);
        const high = (row) => Math.round(cell(block, row, block.high) * 100);
        const label = (row) => {
            const value = cell(block, row, block.value);
            const band = hasBand(row) ? low(row) + "–" + high(row) + " %" : "";
            if (value === null) return band || "no number";
            return band ? number(value) + " (" + band + ")" : number(value);
        };
        return {
            animation: false,
            grid: { left, right: narrow.matches ? 104 : 128, top: 8, bottom: 30 },
            tooltip: { ...tooltip(), formatter: (at) => tip(block, rows[at.dataIndex]) },
            xAxis: {
                type: "value", min: 0, max: share ? 1 : null, minInterval: share ? 0.25 : 1, splitNumber: narrow.matches ? 2 : 5,
                interval: share ? (narrow.matches ? 0.5 : 0.25) : undefined,
                axisLabel: { ...font(), color: colour("--soft"), formatter: share ? (v) => v * 100 + " %" : undefined },
                splitLine: { lineStyle: { color: colour("--line") } },
            },
            yAxis: {
                type: "category", inverse: true, axisTick: { show: false }, axisLine: { show: false },
                data: rows.map((row) => cut(cell(block, row, "label"), narrow.matches ? 52 : 200) + (cell(block, row, "is_basket") ? " *" : "")),
                axisLabel: { ...font(), width: left - (narrow.matches ? 8 : 12), overflow: narrow.matches ? "break" : "truncate", lineHeight: 14, interval: 0 },
            },
            series: [
                {
                    type: "bar", stack: "band", silent: true, barWidth: 16, itemStyle: { color: "transparent" },
                    data: rows.map((row) => (hasBand(row) ? cell(block, row, block.low) : 0)),
                },
                {
                    type: "bar", stack: "band", barWidth: 16,
                    itemStyle: { color: colour("--soft"), opacity: 0.45, decal: hatch() },
                    data: rows.map(rest),
                },
                {
                    type: "bar", barWidth: 16, barGap: "-100%", z: 3,
                    data: rows.map((row) => ({
                        // an estimate inside its band is a tick, one without a band is a bar
                        value: isTick && hasBand(row) ? null : cell(block, row, block.value),
                        itemStyle: {
                            color: accent,
                            opacity: hasBand(row) ? 0.8 : 1,
                            decal: cell(block, row, "is_partial") ? hatch() : { symbol: "none" },
                        },
                    })),
                },
                {
                    type: "scatter", symbol: isTick ? "rect" : "none", symbolSize: [4, 18], z: 4, silent: true,
                    itemStyle: { color: accent }, data: isTick ? ticks.filter((at) => at[0] !== null && hasBand(rows[at[1]])) : [],
                },
                {
                    type: "scatter", symbol: "circle", symbolSize: 0.1, silent: true, z: 5,
                    data: rows.map((row, place) => ({
                        value: [Math.max(cell(block, row, block.value) ?? 0, hasBand(row) ? cell(block, row, block.high) : 0), place],
                        label: { show: true, position: "right", ...font(), fontSize: 11, formatter: label(row) },
                    })),
                },
            ],
        };
    }

    const palette = () => dark.matches
        ? ["#7cc4e4", "#f0b45c", "#7fcf9f", "#f58d84", "#c3a6f0", "#d9d5cc"]
        : ["#0b5a7a", "#b35c00", "#2c6e49", "#a3241d", "#6a4ca3", "#555f68"];
    const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "emptyCircle"];
    function linesOption(block, rows) {
        const share = isShare(block.value);
        const years = rows.map((row) => cell(block, row, "year"));
        const labels = [...new Set(rows.map((row) => cell(block, row, "label")))];
        const axis = [];
        for (let year = Math.min(...years); year <= Math.max(...years); year += 1) axis.push(year);
        return {
            animation: false,
            color: palette(),
            grid: { left: 52, right: 20, top: 16, bottom: 34 + 24 * Math.ceil(labels.length / (narrow.matches ? 1 : 3)) },
            legend: { bottom: 0, left: 8, textStyle: { ...font(), width: 270, overflow: "truncate" }, itemGap: 8,
                orient: narrow.matches ? "vertical" : "horizontal" },
            tooltip: {
                ...tooltip(),
                formatter: (at) => tip(block, rows.find((row) => cell(block, row, "label") === at.seriesName &&
                    String(cell(block, row, "year")) === at.name)),
            },
            xAxis: {
                type: "category", data: axis.map(String), boundaryGap: axis.length === 1,
                axisLabel: { ...font(), color: colour("--soft"), hideOverlap: true },
            },
            yAxis: {
                type: "value", min: 0, max: 1,
                axisLabel: { ...font(), color: colour("--soft"), formatter: share ? (v) => v * 100 + " %" : undefined },
                splitLine: { lineStyle: { color: colour("--line") } },
            },
            series: labels.map((name, place) => ({
                type: "line", name, symbol: symbols[place % symbols.length], symbolSize: 8, connectNulls: false,
                lineStyle: { width: 2, type: place % 2 ? "dashed" : "solid" },
                data: axis.map((year) => {
                    const found = rows.find((row) => cell(block, row, "label") === name && cell(block, row, "year") === year);
                    return found ? cell(block, found, block.value) : null;
                }),
            })),
        };
    }

    const states = () => {
        const strong = dark.matches ? ["#7fcf9f", "#4d8f6c", "#8a7a45", "#f58d84"] : ["#2c6e49", "#7fb796", "#d8b56a", "#b8443c"];
        return {
            held: strong[0], partial: strong[1], planned: strong[2], none_found: strong[3],
            A: strong[0], B: strong[1], C: strong[2], D: strong[3], unknown: null,
        };
    };
    // room above the cells for the longest slanted label
    const matrixTop = (block, rows) =>
        34 + 5 * Math.max(...rows.map((row) => String(cell(block, row, "column_label")).length));
    function matrixOption(block, rows) {
        const across = [...new Set(rows.map((row) => cell(block, row, "column_label")))];
        const down = [...new Set(rows.map((row) => cell(block, row, "label")))];
        const colours = states();
        const shortName = (state) => ({ none_found: "none", unknown: "?" }[state] ?? state);
        const white = dark.matches ? "#14181c" : "#ffffff";
        return {
            animation: false,
            grid: { left: 128, right: 12, top: matrixTop(block, rows), bottom: 8 },
            tooltip: { ...tooltip(), formatter: (at) => tip(block, rows[at.dataIndex]) },
            xAxis: {
                type: "category", position: "top", data: across, axisTick: { show: false }, axisLine: { show: false },
                axisLabel: { ...font(), fontSize: 11, rotate: 52, interval: 0 },
            },
            yAxis: {
                type: "category", inverse: true, data: down, axisTick: { show: false }, axisLine: { show: false },
                axisLabel: { ...font(), width: 118, overflow: "truncate", interval: 0 },
            },
            series: [{
                type: "heatmap",
                data: rows.map((row) => {
                    const state = cell(block, row, block.value);
                    const known = colours[state] ?? null;
                    return {
                        value: [across.indexOf(cell(block, row, "column_label")), down.indexOf(cell(block, row, "label")), 1],
                        itemStyle: known
                            ? { color: known, borderColor: colour("--panel"), borderWidth: 1 }
                            : { color: colour("--soft"), opacity: 0.35, decal: hatch(), borderColor: colour("--panel"), borderWidth: 1 },
                        label: {
                            show: true, fontSize: 10, formatter: shortName(state),
                            color: known && state !== "planned" && state !== "C" && state !== "partial" && state !== "B"
                                ? white : colour("--ink"),
                        },
                    };
                }),
            }],
        };
    }

    // a circle cannot be drawn from left to right: its links are in the table alone
    function linksOption(block, rows) {
        const drawn = rows.filter((row) => !cell(block, row, "is_in_cycle"));
        const from = (row) => (cell(block, row, "kind") === "mineral" ? "m:" : "p:") + cell(block, row, "label");
        const to = (row) => "p:" + cell(block, row, "column_label");
        const [parts, minerals] = palette();
        const found = new Map();
        for (const row of drawn) {
            const key = JSON.stringify([from(row), to(row)]);
            if (found.has(key)) found.get(key).value += 1;
            else found.set(key, { source: from(row), target: to(row), value: 1, row });
        }
        const names = [...new Set(drawn.flatMap((row) => [from(row), to(row)]))];
        return {
            animation: false,
            tooltip: {
                ...tooltip(),
                formatter: (at) => {
                    if (at.dataType === "edge") return tip(block, at.data.row);
                    const box = document.createElement("div");
                    box.className = "tip";
                    box.textContent = cut(at.name.slice(2), 160);
                    return box;
                },
            },
            series: [{
                type: "sankey", left: 4, right: 190, top: 8, bottom: 8, nodeGap: 5, nodeWidth: 12,
                nodeAlign: "left", draggable: false, emphasis: { focus: "adjacency" },
                lineStyle: { color: colour("--soft"), opacity: 0.3, curveness: 0.5 },
                label: { ...font(), fontSize: 11, formatter: (at) => cut(at.name.slice(2), 32) },
                data: names.map((name) => ({ name, itemStyle: { color: name.startsWith("m:") ? minerals : parts } })),
                links: [...found.values()],
            }],
        };
    }
    const nLeft = (block, rows) => new Set(rows.map((row) => cell(block, row, "label"))).size;

    const options = { bars: barsOption, lines: linesOption, matrix: matrixOption, links: linksOption };
    const charts = {};
    function renderBlock(block) {
        if (!block.rows.length) return;
        const rows = rowsOf(block);
        byId(block.id + "-empty").hidden = rows.length > 0;
        byId(block.id + "-details").hidden = rows.length === 0;
        if (rows.length) fillTable(block, rows);
        if (!block.chart) return;
        byId(block.id + "-frame").hidden = rows.length === 0;
        if (!rows.length) return;
        const shown = block.chart === "bars" ? rows.slice(0, block.limit) : rows;
        const box = byId(block.id + "-chart");
        const n = new Set(rows.map((row) => cell(block, row, "label"))).size;
        const heights = { bars: 46 + shown.length * (narrow.matches ? 44 : 26), lines: narrow.matches ? 260 + n * 24 : 330, matrix: matrixTop(block, rows) + 16 + n * 25, links: 120 + nLeft(block, rows) * 18 };
        box.style.height = heights[block.chart] + "px";
        if (block.chart === "matrix") {
            const across = new Set(rows.map((row) => cell(block, row, "column_label"))).size;
            box.style.minWidth = 150 + across * 56 + "px";
        }
        if (block.chart === "links") box.style.minWidth = "900px";
        charts[block.id] ??= echarts.init(box, null, { renderer: "canvas" });
        charts[block.id].resize();
        charts[block.id].setOption(options[block.chart](block, shown), true);
    }
    function render() {
        data.blocks.forEach(renderBlock);
    }

    // ---- the chosen key: in the address, so that it can be sent ------------------------------
    function readAddress() {
        const select = byId("key");
        if (!select) return;
        const wanted = new URLSearchParams(location.hash.slice(1)).get("key") ?? data.firstKey;
        const known = [...select.options].some((option) => option.value === wanted);
        if (known) select.value = wanted;
    }
    byId("key")?.addEventListener("input", () => {
        history.replaceState(null, "", "#key=" + encodeURIComponent(chosen()));
        render();
    });
    byId("choice")?.addEventListener("submit", (event) => event.preventDefault());
    for (const block of data.blocks) byId(block.id + "-csv")?.addEventListener("click", () => download(block));
    addEventListener("hashchange", () => { readAddress(); render(); });
    dark.addEventListener("change", render);
    addEventListener("resize", render);
    addEventListener("beforeprint", () => {
        document.querySelectorAll("details.block-table").forEach((details) => details.setAttribute("open", ""));
    });
    readAddress();
    render();
    document.documentElement.dataset.rendered = "yes";
})();
