import Inventory

/// Columns of text, each as wide as its widest cell.
struct TextTable {
    let header: [String]
    let rows: [[String]]

    /// Widest a cell may be; longer ones are cut with an ellipsis, the last column excepted.
    static let cellLimit = 44

    /// The table's lines.
    ///
    /// - Parameter style: Called with column, row, and the padded cell, to colour it without upsetting the widths.
    func rendered(style: (_ column: Int, _ row: Int, _ cell: String) -> String) -> String {
        let cut = rows.map { row in
            row.map(TerminalText.harmless).enumerated().map { $0 == header.count - 1 ? $1 : Self.cut($1) }
        }
        let widths = header.indices.map { column in
            ([header] + cut).map { $0[column].count }.max() ?? 0
        }
        var text = line(header, widths: widths) { $1 }
        for (index, row) in cut.enumerated() {
            text += line(row, widths: widths) { style($0, index, $1) }
        }
        return text
    }

    private func line(_ cells: [String], widths: [Int], style: (Int, String) -> String) -> String {
        let last = cells.count - 1
        let padded = cells.enumerated().map { column, cell in
            let padding = column == last ? "" : String(repeating: " ", count: widths[column] - cell.count)
            return style(column, cell) + padding
        }
        return padded.joined(separator: "  ") + "\n"
    }

    private static func cut(_ cell: String) -> String {
        cell.count <= cellLimit ? cell : cell.prefix(cellLimit - 1) + "…"
    }
}
