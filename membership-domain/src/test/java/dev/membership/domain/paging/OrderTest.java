package dev.membership.domain.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membership.domain.error.Refusal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {
    private static final Order NAME = Order.ascending("name", "o.name_key", Order.Type.TEXT);
    private static final Order CREATED = Order.ascending("created_at", "o.created_at", Order.Type.TIME);
    private static final Map<String, Order> KNOWN = Order.named(NAME, CREATED);

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"name,false", "+name,false", " name,false", "-name,true"})
    void signGivesTheDirection(String text, boolean descending) {
        Order order = Order.parse(text, KNOWN);
        assertThat(order.name()).isEqualTo("name");
        assertThat(order.descending()).isEqualTo(descending);
    }

    @Test
    void nothingAskedGivesTheLatestFirst() {
        assertThat(Order.parse("", KNOWN)).isEqualTo(CREATED.reversed());
        assertThat(Order.parse(null, KNOWN)).isEqualTo(CREATED.reversed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"o.name_key", "--name", "NAME", "name desc", "-"})
    void unknownOneIsRefused(String text) {
        assertThatThrownBy(() -> Order.parse(text, KNOWN)).isInstanceOf(Refusal.class);
    }
}
