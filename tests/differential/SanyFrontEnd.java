import java.io.File;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

import tla2sany.drivers.SANY;
import tla2sany.modanalyzer.SpecObj;
import util.SimpleFilenameToStream;

/**
 * The verdict of SANY's whole front end (grammar, names, arities, levels, imports) on each file that is listed, a path a line, in the file
 * named by the argument: a line "@@ path accept" or "@@ path reject why" each, one JVM for all.
 */
public class SanyFrontEnd {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        PrintStream quiet = new PrintStream(OutputStream.nullOutputStream());
        System.setErr(quiet);
        for (String path : Files.readAllLines(Path.of(arguments[0]))) {
            System.setOut(quiet);
            String problems = judge(path, quiet);
            System.setOut(out);
            out.println("@@ " + path + (problems == null ? " accept" : " reject " + problems.replaceAll("\\s+", " ")));
        }
    }

    /** What is wrong, or null. */
    private static String judge(String path, PrintStream quiet) {
        try {
            SpecObj spec = new SpecObj(path, new SimpleFilenameToStream(new File(path).getParent()));
            int status = SANY.frontEndMain(spec, path, quiet);
            boolean isClean = spec.initErrors.isSuccess() && spec.parseErrors.isSuccess() && spec.semanticErrors.isSuccess();
            if (status == 0 && spec.getErrorLevel() == 0 && isClean) {
                return null;
            }
            return "" + spec.initErrors + spec.parseErrors + spec.semanticErrors;
        } catch (Throwable problem) {
            return String.valueOf(problem);
        }
    }
}
