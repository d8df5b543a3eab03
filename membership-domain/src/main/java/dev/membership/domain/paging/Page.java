package dev.membership.domain.paging;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, in the list's order.
 *
 * @param total how many there are in all, if that was asked for
 */
public record Page<T>(
        List<Entry<T>> entries,
        boolean hasNext,
        boolean hasPrevious,
        @Nullable Long total) {
    /** One row and its place. The token is made when it is read, because most never are. */
    public record Entry<T>(T item, Function<Keyset.Position, String> seal, Keyset.Position position) {
        public String token() {
            return seal.apply(position);
        }
    }

    public List<T> items() {
        return entries.stream().map(Entry::item).toList();
    }

    /** The token of the next page; empty on the last one. */
    public Optional<String> next() {
        return hasNext && !entries.isEmpty() ? Optional.of(entries.getLast().token()) : Optional.empty();
    }

    public Optional<Long> counted() {
        return Optional.ofNullable(total);
    }

    public <R> Page<R> map(Function<T, R> mapper) {
        return new Page<>(
                entries.stream()
                        .map(entry -> new Entry<>(mapper.apply(entry.item()), entry.seal(), entry.position()))
                        .toList(),
                hasNext,
                hasPrevious,
                total);
    }

    public Page<T> withTotal(@Nullable Long count) {
        return new Page<>(entries, hasNext, hasPrevious, count);
    }
}
