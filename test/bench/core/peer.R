# The standard kernel in plain vectorised R, in its best form: all points of all streams at once, sorted by stream, one operation over whole
# columns at a time; what recurs (EWMA, CUSUM, latest time) a stream at a time by functions that are compiled in R (filter, cumsum, cummin,
# cummax). No block and no state: it sees the whole series, which a plant never does. Same input as standard.c; answers "run" with CPU
# nanoseconds and the number of events.

source_file <- file(commandArgs(trailingOnly = TRUE)[1], "rb")
head <- readBin(source_file, "integer", 4)
streams <- head[1]
points <- head[2]
design <- readBin(source_file, "double", 5)
lambda <- design[1]
k <- design[3]
h <- design[4]
range_limit <- design[5]
columns <- matrix(readBin(source_file, "double", 6 * streams), streams)
IX <- readBin(source_file, "integer", points) + 1L
X <- readBin(source_file, "double", points)
TIMES <- readBin(source_file, "double", points)
close(source_file)

rest <- 1 - lambda
limits <- numeric(0)
decay <- 1
repeat {
  decay <- if (head[3] == 1) decay * (rest * rest) else 0
  limits <- c(limits, design[2] * sqrt(lambda / (2 - lambda) * (1 - decay)))
  if (1 - decay == 1) break
}

# One column of what `work` makes of each stream's piece of `x`.
by_stream <- function(x, starts, ends, work) {
  if (length(starts) == 1) return(work(x))
  unlist(lapply(seq_along(starts), function(s) work(x[starts[s]:ends[s]])), use.names = FALSE)
}

# Where the streams begin in a sorted column.
starts_of <- function(ix) which(c(TRUE, ix[-1] != ix[-length(ix)]))

# Events of values that are not judged: one for as many as follow each other between two that are.
told_once <- function(refused, judged, ix) {
  at <- which(refused)
  if (length(at) == 0) return(0L)
  sum(!duplicated(cumsum(judged)[at] + (length(ix) + 1) * ix[at]))
}

judge <- function() {
  ix <- IX
  x <- X
  t <- TIMES
  if (streams > 1) {
    rows <- order(ix, method = "radix")
    ix <- ix[rows]
    x <- x[rows]
    t <- t[rows]
  }
  of <- function(column) if (streams == 1) columns[1, column] else columns[ix, column]

  good <- x >= of(5) & x <= of(6)
  good[is.na(good)] <- FALSE
  known <- which(good)
  t <- t[known]
  starts <- starts_of(ix[known])
  ends <- c(starts[-1] - 1L, length(known))
  newest <- by_stream(t, starts, ends, function(t) c(-Inf, cummax(t)[-length(t)]))
  judged <- good
  judged[known] <- t >= newest
  events <- told_once(!good, judged, ix) + told_once(good & !judged, judged, ix)
  x <- x[judged]
  ix <- ix[judged]

  n <- length(x)
  starts <- starts_of(ix)
  ends <- c(starts[-1] - 1L, n)
  place <- seq_len(n)
  count <- if (streams == 1) place else place - rep.int(starts - 1L, ends - starts + 1L)
  # What the kernel has after every value is of use at the end only.
  moments <- lapply(seq_along(starts), function(s) {
    own <- x[starts[s]:ends[s]]
    mean <- mean(own)
    c(length(own), mean, sum((own - mean)^2))
  })

  before <- function(column, by) c(rep.int(column[1], by), column[seq_len(n - by)])
  run_length <- function(hit) {
    miss <- place * !hit
    miss[starts] <- starts - hit[starts]
    place - cummax(miss)
  }
  z <- (x - of(1)) * (1 / of(2))
  change <- x - before(x, 1)
  change[starts] <- 0
  rises <- change > 0
  falls <- change < 0
  above1 <- z > 1
  above2 <- z > 2
  below1 <- z < -1
  below2 <- z < -2
  beyond1 <- above1 | below1
  two_of_three <- function(hit) hit & (before(hit, 1) | before(hit, 2))
  four_of_five <- function(hit) {
    hits <- cumsum(hit)
    hit & hits - c(rep.int(0L, 5), hits[seq_len(n - 5)]) >= 4L
  }
  turns <- (rises & before(falls, 1)) | (falls & before(rises, 1))
  ewma <- by_stream(lambda * z, starts, ends, function(z) as.vector(filter(z, rest, method = "recursive")))
  cusum <- function(steps) {
    by_stream(steps, starts, ends, function(step) {
      sum <- cumsum(step)
      sum - pmin.int(cummin(sum), 0)
    })
  }
  holds <- list(
    abs(z) > 3,
    run_length(z > 0) >= 9 | run_length(z < 0) >= 9,
    run_length(rises) >= 5 | run_length(falls) >= 5,
    run_length(turns) >= 12,
    (two_of_three(above2) | two_of_three(below2)) & count >= 3,
    (four_of_five(above1) | four_of_five(below1)) & count >= 5,
    run_length(!beyond1) >= 15,
    run_length(beyond1) >= 8 & run_length(above1) < 8 & run_length(below1) < 8,
    cusum(z - k) > h,
    cusum(-z - k) > h,
    x > of(4),
    x < of(3),
    abs(ewma) > limits[pmin.int(count, length(limits))],
    abs(change * (1 / of(2))) > range_limit
  )
  bits <- integer(n)
  for (i in seq_along(holds)) bits <- bits + holds[[i]] * bitwShiftL(1L, i - 1L)
  old <- before(bits, 1)
  old[starts] <- 0L
  events + sum(bitwAnd(bits, bitwNot(old)) != 0L)
}

lines <- file("stdin", "r")
while (length(readLines(lines, 1)) > 0) {
  began <- proc.time()
  events <- judge()
  took <- proc.time() - began
  cat(sprintf("%.0f %d\n", sum(took[1:2]) * 1e9, events))
  flush(stdout())
}
