import java.io.File;
import java.io.FileInputStream;
import java.io.PrintStream;
import java.util.Arrays;

/** SANY's verdict on the grammar of every .tla file in a folder: a line "@@ name true" or "@@ name false" each, one JVM for all. */
public class SanyBatch {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        tla2sany.configuration.Configuration.load(new tla2sany.semantic.Errors());
        File[] files = new File(arguments[0]).listFiles((folder, name) -> name.endsWith(".tla"));
        Arrays.sort(files);
        for (File file : files) {
            boolean accepted;
            try (FileInputStream input = new FileInputStream(file)) {
                accepted = new tla2sany.parser.TLAplusParser(input).parse();
            } catch (Throwable problem) {
                accepted = false;
            }
            out.println("@@ " + file.getName().substring(0, file.getName().length() - 4) + " " + accepted);
        }
    }
}
