package dev.membership.service.admission;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Bounds the answers of both doors that their clients have not taken yet. How much of an answer a client takes it says itself,
 * and it may say nothing at all; the answer then stays in memory for as long as the connection lives. Where there are too many,
 * the oldest are given up: who takes its answer has it long before.
 */
@ApplicationScoped
public class UntakenAnswers {
    private static final int PART_OF_HEAP = 4;

    /** What a call takes beside its answer, roughly. */
    private static final long BYTES_OF_A_CALL = 16 * 1024;

    private final long most = Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    private final SequencedMap<Answer, Long> answers = new LinkedHashMap<>();
    private long bytes;

    /** One that is given and not taken; itself and no other is equal to it. */
    @FunctionalInterface
    public interface Answer {
        /** Has nothing of it stay in memory. May come on any thread, and when it has been taken after all. */
        void giveUp();
    }

    /** Says that an answer is on its way, and gives up others if these are too many; {@link #taken} is to follow. */
    public void given(Answer answer, long size) {
        exceeding(answer, size + BYTES_OF_A_CALL).forEach(Answer::giveUp);
    }

    private synchronized List<Answer> exceeding(Answer answer, long size) {
        answers.put(answer, size);
        bytes += size;
        List<Answer> tooMany = new ArrayList<>();
        while (bytes > most && answers.size() > 1) {
            Map.Entry<Answer, Long> oldest = answers.pollFirstEntry();
            bytes -= oldest.getValue();
            tooMany.add(oldest.getKey());
        }
        return tooMany;
    }

    /** Says that nothing of an answer is left here; may come more than once, and without {@link #given}. */
    public synchronized void taken(Answer answer) {
        Long size = answers.remove(answer);
        if (size != null) {
            bytes -= size;
        }
    }
}
