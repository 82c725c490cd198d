//! Ways through a maze from its first cell to its last. The three methods differ only in which known cell they look at next.
const std = @import("std");
const maze_module = @import("maze.zig");
const Maze = maze_module.Maze;

pub const Method = enum { depth, breadth, astar };

pub const Found = struct {
    /// Cells in the order they were looked at.
    visited: []const u32,
    /// From the first cell to the last.
    path: []const u32,
};

const unknown = std.math.maxInt(u32);

pub fn solve(allocator: std.mem.Allocator, maze: Maze, method: Method) !Found {
    const goal: u32 = @intCast(maze.open.len - 1);
    const from = try allocator.alloc(u32, maze.open.len);
    const steps = try allocator.alloc(u32, maze.open.len);
    @memset(from, unknown);
    var visited: std.ArrayList(u32) = .empty;
    var known: std.ArrayList(u32) = .empty;
    try known.append(allocator, 0);
    from[0] = 0;
    steps[0] = 0;
    while (known.items.len > 0) {
        const here = take(&known, maze, steps, method);
        try visited.append(allocator, here);
        if (here == goal) break;
        for (maze_module.sides) |side| {
            if (!maze.isOpen(here, side)) continue;
            const next = maze.beyond(here, side).?;
            if (from[next] != unknown) continue;
            from[next] = here;
            steps[next] = steps[here] + 1;
            try known.append(allocator, next);
        }
    }
    return .{ .visited = visited.items, .path = try trace(allocator, from, goal) };
}

fn take(known: *std.ArrayList(u32), maze: Maze, steps: []const u32, method: Method) u32 {
    switch (method) {
        .depth => return known.pop().?,
        .breadth => return known.orderedRemove(0),
        .astar => {
            var best: usize = 0;
            for (known.items, 0..) |cell, index| {
                if (estimate(maze, steps, cell) < estimate(maze, steps, known.items[best])) best = index;
            }
            return known.orderedRemove(best);
        },
    }
}

/// Steps so far and, at least, steps to go.
fn estimate(maze: Maze, steps: []const u32, cell: u32) u32 {
    return steps[cell] + (maze.width - 1 - cell % maze.width) + (maze.height - 1 - cell / maze.width);
}

fn trace(allocator: std.mem.Allocator, from: []const u32, goal: u32) ![]const u32 {
    var path: std.ArrayList(u32) = .empty;
    var cell = goal;
    while (cell != 0) : (cell = from[cell]) try path.append(allocator, cell);
    try path.append(allocator, 0);
    std.mem.reverse(u32, path.items);
    return path.items;
}
