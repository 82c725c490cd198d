//! A maze as a command line: `maze WIDTH HEIGHT SEED depth|breadth|astar`. Digs a maze, finds a way through it, and prints both as one line of
//! JSON: for every cell which sides are open (1 north, 2 east, 4 south, 8 west), the cells in the order they were looked at, and the way.
const std = @import("std");
const Maze = @import("maze.zig").Maze;
const search = @import("search.zig");

pub fn main(init: std.process.Init) !u8 {
    const arena = init.arena.allocator();
    const args = try init.minimal.args.toSlice(arena);
    const options = Options.parse(args) orelse {
        std.debug.print("usage: maze WIDTH HEIGHT SEED depth|breadth|astar, sides from 2 to 200\n", .{});
        return 64;
    };
    const maze = try Maze.dig(arena, options.width, options.height, options.seed);
    const found = try search.solve(arena, maze, options.method);

    var buffer: [4096]u8 = undefined;
    var writer = std.Io.File.stdout().writerStreaming(init.io, &buffer);
    try std.json.Stringify.value(.{
        .width = maze.width,
        .height = maze.height,
        .open = maze.open,
        .visited = found.visited,
        .path = found.path,
    }, .{ .emit_strings_as_arrays = true }, &writer.interface);
    try writer.interface.writeByte('\n');
    try writer.interface.flush();
    return 0;
}

const Options = struct {
    width: u32,
    height: u32,
    seed: u64,
    method: search.Method,

    fn parse(args: []const [:0]const u8) ?Options {
        if (args.len != 5) return null;
        return .{
            .width = side(args[1]) orelse return null,
            .height = side(args[2]) orelse return null,
            .seed = std.fmt.parseInt(u64, args[3], 10) catch return null,
            .method = std.meta.stringToEnum(search.Method, args[4]) orelse return null,
        };
    }

    fn side(text: []const u8) ?u32 {
        const value = std.fmt.parseInt(u32, text, 10) catch return null;
        return if (value >= 2 and value <= 200) value else null;
    }
};
